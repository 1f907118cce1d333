import { imageReference, isTag, parseImage } from '../image.js';
import { quoted } from '../issue.js';
import { object, refused } from '../schema/define.js';
import { textWith } from '../schema/fields.js';
import { ImageRegistryInfo } from '../schema/images.js';
import { Image } from '../template/data.js';
import { defineKind, type KindContext, type ReadValue } from './define.js';

const Tag = textWith({
  code: 'PARAMETER_INVALID',
  message: 'must be a tag, or a digest: sha256: and 64 hexadecimal digits',
  holds: isTag,
});

export interface ImageRule {
  imageRegistryInfo: { containerRegistry: string; imageRepository: string };
  defaultTag?: string | undefined;
}

/** A tag, a digest, or a full reference to an image of this very repository. */
function read(text: string, { imageRegistryInfo }: ImageRule, { registryHost }: KindContext): ReadValue {
  const { containerRegistry, imageRepository } = imageRegistryInfo;
  const host = registryHost(containerRegistry);
  const own = `${host ?? containerRegistry}/${imageRepository}`;
  const asImage = (tag: string): ReadValue => ({
    data: new Image(imageReference(host ?? containerRegistry, imageRepository, tag), tag),
  });
  if (isTag(text)) return asImage(text);
  const image = parseImage(text);
  if (!image) return { problem: `${quoted(text)} is neither a tag, a digest nor an image` };
  if (host !== undefined && (image.host !== host || image.repository !== imageRepository))
    return { problem: `${quoted(text)} is not an image of ${own}` };
  return image.tag === undefined ? { problem: `${quoted(text)} has neither a tag nor a digest` } : asImage(image.tag);
}

export const dockerImage = defineKind<ImageRule>({
  definition: object({
    imageRegistryInfo: ImageRegistryInfo.describe('Registry and repository, which every value shares.'),
    defaultTag: Tag.optional().describe('Tag or digest if no value is given.'),
    changes: refused('it is needed only with "programs"; leave it out'),
  }).describe('An image of one repository; templates get the full reference, and its tag with {{.Params.NAME.Tag}}.'),
  value: { key: 'dockerImageTag', schema: Tag.describe('A tag or a digest for a parameter of kind "dockerImage".') },
  read,
  defaultOf: ({ defaultTag }) => defaultTag,
  names: new Map([['Tag', 'value']]),
  registries: ({ imageRegistryInfo }) => [
    { path: ['imageRegistryInfo', 'containerRegistry'], name: imageRegistryInfo.containerRegistry },
  ],
});
