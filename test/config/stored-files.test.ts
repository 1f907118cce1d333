import path from 'node:path';
import { expect, test } from '@jest/globals';
import { documentKey } from '../../src/config/documents.js';
import { loadPaths } from '../../src/config/load.js';
import { readDocuments } from '../../src/config/read.js';
import { storedFiles } from '../../src/config/stored-files.js';

const { files, attachments } = loadPaths(['.'], path.join('test', 'fixtures', 'language'));
const { documents } = readDocuments(files, attachments);

test.each(documents.map((each) => [documentKey(each.name), each] as const))(
  'the stored text of %s, with the manifests that were stored with it, is the same document again',
  (key, { text, document }) => {
    const stored = storedFiles(key, { text, document });
    const again = readDocuments(stored.files, stored.attachments);
    expect(again.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(again.documents.map((each) => each.document)).toEqual([document]);
  },
);
