import { isRepository } from '../image.js';
import { object, refused } from './define.js';
import { Name, TemplateText, textWith } from './fields.js';

const containerRegistryId = refused('name the registry with "containerRegistry"');

/** What stands between the registry's host and the tag. */
export const repositoryRule = 'must be what stands between the registry and the tag, such as team/program';

const repository = 'All that stands between the host of the registry and the tag, such as team/program.';

/** Of a parameter's kind: no template, since it says what values are. */
export const ImageRegistryInfo = object({
  containerRegistry: Name.describe('Name of a "containerRegistry" document.'),
  containerRegistryId,
  imageRepository: textWith({ code: 'BAD_VALUE', message: repositoryRule, holds: isRepository }).describe(repository),
});

/** Of a program: the repository may be a template, and is checked once it is rendered. */
export const ProgramRegistryInfo = object({
  containerRegistry: Name.describe('Name of a "containerRegistry" document.'),
  containerRegistryId,
  imageRepository: TemplateText.describe(repository),
});
