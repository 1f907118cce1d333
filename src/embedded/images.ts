import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { TowpathError } from '../release/towpath-error.js';
import { readJson, writeAtomic } from './atomic-file.js';

const ImagesFile = z.object({ images: z.record(z.string(), z.object({ dir: z.string() })) });
export type Images = z.infer<typeof ImagesFile>['images'];

/** The folders that stand for images in the embedded cluster, by image reference. */
export function readImages(file: string): Images {
  const parsed = ImagesFile.safeParse(readJson(file));
  return parsed.success ? parsed.data.images : {};
}

const store = (file: string, images: Images): void => {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeAtomic(file, `${JSON.stringify({ images }, null, 2)}\n`);
};

/** The cluster reads the file at each pod, so it must be there from the beginning. */
export function ensureImages(file: string): void {
  if (!existsSync(file)) store(file, {});
}

/** Registers a folder as an image; the same again changes nothing. */
export function addImage(file: string, ref: string, dir: string): 'added' | 'changed' | 'unchanged' {
  const absolute = path.resolve(dir);
  if (!/^[^\s]+$/.test(ref)) throw new TowpathError('BAD_REQUEST', `"${ref}" is not an image reference`);
  if (!existsSync(absolute) || !statSync(absolute).isDirectory())
    throw new TowpathError('BAD_REQUEST', `${absolute} is not a folder`);
  if (!['bin', 'image.json'].some((name) => existsSync(path.join(absolute, name))))
    throw new TowpathError('BAD_REQUEST', `${absolute} has neither bin/ nor image.json`, {
      hint: 'an image is a folder: its bin/ comes first on PATH, image.json holds defaults for command, env and folder',
    });
  const images = readImages(file);
  const before = images[ref]?.dir;
  if (before === absolute) return 'unchanged';
  store(file, { ...images, [ref]: { dir: absolute } });
  return before === undefined ? 'added' : 'changed';
}
