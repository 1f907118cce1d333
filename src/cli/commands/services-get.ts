import { defineCommand } from '../command.js';
import { resolveService } from '../release-ref.js';
import { serviceLines } from '../render/service.js';

/** One service as it stands now. */
export const command = defineCommand<{ app?: string }>({
  options: [['--app <name>', 'the application, where several have such a service']],
  examples: [['services get my-service', '']],
  text: 'A value in brackets is the default: the version pushed or released last was given none.',
  async run(context, [ref = ''], { app }) {
    const api = await context.api();
    const detail = await api.service(await resolveService(api, ref, app));
    context.answer(detail, () => serviceLines(detail, context));
    return 0;
  },
});
