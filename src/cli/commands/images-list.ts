import { existsSync } from 'node:fs';
import { readImages } from '../../embedded/images.js';
import { layout } from '../../embedded/layout.js';
import { defineCommand } from '../command.js';
import { table } from '../render/table.js';

/** The folders that stand for images in the embedded cluster; a folder that is gone is said so. */
export const command = defineCommand({
  run(context) {
    const images = Object.entries(readImages(layout(context.home).images)).map(([ref, { dir }]) => ({ ref, dir }));
    context.answer(images, () =>
      table(
        ['IMAGE', 'FOLDER'],
        images.map(({ ref, dir }) => [ref, existsSync(dir) ? dir : `${dir}  (is gone)`]),
        context,
      ),
    );
    return Promise.resolve(0);
  },
});
