import { defineCommand } from '../command.js';
import { servicesTable } from '../render/service.js';

/** Every service, by channel. */
export const command = defineCommand<{ app?: string }>({
  options: [['--app <name>', 'of this application']],
  text: 'VERSION is what is deployed; STATUS is that of the newest release (RELEASE) that takes the channel.',
  async run(context, _, { app }) {
    const services = await (await context.api()).services(app === undefined ? {} : { application: app });
    context.answer(services, () => servicesTable(services, context));
    return 0;
  },
});
