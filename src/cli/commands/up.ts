import { defineCommand } from '../command.js';
export const command = defineCommand({ run: () => Promise.resolve(0) });
