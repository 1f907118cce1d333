import type { FailureCode } from './failures.js';

/** Codes of configuration errors (docs/spec.md §1.5). All are errors of the person who wrote the files. */
export const configCodes = [
  'FILE_UNREADABLE',
  'YAML_SYNTAX',
  'DUPLICATE_KEY',
  'DUPLICATE_DOCUMENT',
  'UNKNOWN_KEY',
  'WRONG_TYPE',
  'MISSING_FIELD',
  'ONE_OF',
  'BAD_NAME',
  'BAD_VALUE',
  'RESERVED_NAME',
  'NOT_SUPPORTED',
  'UNKNOWN_REFERENCE',
  'CYCLE',
  'RUNTIME_KIND_MISMATCH',
  'CONNECTION_MISMATCH',
  'NAMESPACE_TOO_LONG',
  'PATH_ESCAPE',
  'MANIFEST_KINDS',
  'MANIFEST_FIELD',
  'PARAMETER_MISSING',
  'PARAMETER_INVALID',
  'PARAMETER_UNKNOWN',
  'TEMPLATE_NOT_ALLOWED',
  'TEMPLATE_SYNTAX',
  'TEMPLATE_UNSUPPORTED',
  'TEMPLATE_UNKNOWN_NAME',
  'TEMPLATE_EXEC',
  'SECRET_EXPOSED',
] as const;
export type ConfigCode = (typeof configCodes)[number];

/** Codes that explain the status of a channel: gates, turns, requests (docs/spec.md §9.3). */
export const reasonCodes = [
  'APPLY_FAILED',
  'MANUAL_APPROVAL_PENDING',
  'MANUAL_APPROVAL_REJECTED',
  'MANUAL_APPROVAL_EXPIRED',
  'RELEASE_CHANNEL_DEPENDENCY_UNMET',
  'QUEUED_BEHIND',
  'ON_HOLD',
  'SUPERSEDED',
  'CANCELLED_BY_USER',
  'UPSTREAM_ENDED',
  'CANCELLING',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

/** Codes of refused requests and of the installation itself (docs/spec.md §9.3). */
export const requestCodes = [
  'UNCHANGED',
  'KEY_REUSED',
  'PLAN_TOO_LARGE',
  'NOT_ACTIVE_YET',
  'UNAUTHENTICATED',
  'NOT_ALLOWED',
  'NOT_FOUND',
  'BAD_REQUEST',
  'UNKNOWN_GATE',
  'ALREADY_DECIDED',
  'CONFIG_INVALID',
  'SETTINGS_INVALID',
  'NOT_RUNNING',
  'PART_FAILED',
  'PART_MISSING',
  'PORT_TAKEN',
  'JOBS_RUNNING',
  'INTERNAL',
] as const;
export type RequestCode = (typeof requestCodes)[number];

/** Every code a person or a program can meet. */
export type ErrorCode = ConfigCode | ReasonCode | RequestCode | FailureCode;
