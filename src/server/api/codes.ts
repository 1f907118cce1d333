import { z } from 'zod';
import { configCodes, reasonCodes, remarkCodes, requestCodes, type ErrorCode as Code } from '../../release/codes.js';
import { failures } from '../../release/failures.js';
import { statuses, type Status as StatusName } from '../../release/status.js';

const codes = Object.keys({ ...configCodes, ...remarkCodes, ...reasonCodes, ...requestCodes, ...failures }) as Code[];

export const ErrorCode = z
  .enum(codes)
  .meta({ id: 'ErrorCode', description: 'What each means: docs/reference/errors.md.' });

export const Status = z.enum(Object.keys(statuses) as StatusName[]).meta({
  id: 'Status',
  description: Object.entries(statuses)
    .map(([name, text]) => `${name}: ${text}.`)
    .join(' '),
});

export const Time = z.iso.datetime().meta({ description: 'ISO 8601, UTC' });
