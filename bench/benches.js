import { planChannels } from './plan-channels.js';
import { validateDocuments } from './validate-documents.js';

/**
 * Everything that is measured: a name, and `run`, which answers rows of `{what, targetMs?, samples}`. A new bench is one file
 * that sets up and takes down what it needs by itself, and one line here.
 */
export const benches = [planChannels, validateDocuments];
