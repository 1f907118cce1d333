import path from 'node:path';
import { addImage } from '../../embedded/images.js';
import { layout } from '../../embedded/layout.js';
import { defineCommand } from '../command.js';

/** Registers a folder; pods that start from now on use it. */
export const command = defineCommand({
  examples: [['images add registry.example.com/my-repository:my-tag ./image', 'image/bin comes first on PATH']],
  text: [
    'The embedded cluster has no container images: a folder stands for one. Its bin/ comes first on PATH, and an',
    'image.json in it may hold defaults for command, env and working directory. Every other image cannot be pulled.',
  ].join('\n'),
  run(context, [ref = '', dir = '']) {
    const folder = path.resolve(context.cwd, dir);
    const change = addImage(layout(context.home).images, ref, folder);
    context.answer({ ref, dir: folder, change }, () => [`${ref} is ${folder} (${change})`]);
    return Promise.resolve(0);
  },
});
