import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Part of `npm run build`: the workflows as one file, made by the very SDK version that runs it. */
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const workflowsPath = at('./workflows/index.js');
const { code } = await bundleWorkflowCode({
  workflowsPath,
  payloadConverterPath: at('./workflows/payload-converter.js'),
  logger: new DefaultLogger('WARN'),
});
writeFileSync(at('./workflow-bundle.js'), code);
