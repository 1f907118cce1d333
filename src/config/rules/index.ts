import type { Catalog } from '../catalog.js';
import { isExtension, type ConfigDocument } from '../model.js';
import { applicationRules } from './application.js';
import { commandRules } from './command.js';
import { convergenceExtensionRules } from './convergence-extensions.js';
import { extensionRules } from './extension.js';
import { gateRules } from './gates.js';
import type { Rule, RuleFound } from './rule.js';
import { serviceRules } from './service.js';

/** What a document says of others, and of itself as a whole, checked against them. */
export const checkRules = (document: ConfigDocument, catalog: Catalog): RuleFound[] => [
  ...run(commandRules, document, catalog),
  ...ofItsKind(document, catalog),
];

function ofItsKind(document: ConfigDocument, catalog: Catalog): RuleFound[] {
  if (document.kind === 'application') return run([...applicationRules, ...gateRules], document, catalog);
  if (document.kind === 'service') return run([...serviceRules, ...convergenceExtensionRules], document, catalog);
  if (document.kind === 'runtime' && isExtension(document)) return run(extensionRules, document, catalog);
  return [];
}

function run<T>(rules: readonly Rule<T>[], document: T, catalog: Catalog): RuleFound[] {
  const found: RuleFound[] = [];
  for (const rule of rules) rule(document, catalog, (each) => void found.push(each));
  return found;
}
