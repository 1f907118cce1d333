import { supervise } from '../../embedded/supervisor.js';
import { defineCommand } from '../command.js';
import { lineDisplay } from '../start-display.js';

/** What `up --detach` leaves running: ends by SIGTERM. Its messages are the supervisor's log. */
export const command = defineCommand({
  async run(context) {
    const { home, env, signal } = context;
    const display = lineDisplay(context);
    await supervise({ home, env, given: {}, signal, onChange: (state) => display.show(state) });
    return 0;
  },
});
