import http from 'node:http';
import https from 'node:https';

type Agent = http.Agent | https.Agent;

/** An idle connection is closed before the server does so, that no request is sent into one that is closing. */
const idleMs = 30_000;

/**
 * Keeps connections open between requests: the client makes a new agent for each, and with it a TLS handshake that costs
 * more than the request. As long as the credentials are the same, all requests share one agent.
 */
export class Connections {
  private key = '';
  private agent: Agent | undefined;

  /** The shared agent with the options of `wanted`; the agent of a proxy is left alone. */
  shared(wanted: Agent): Agent {
    const secure = wanted instanceof https.Agent;
    if (wanted.constructor !== https.Agent && wanted.constructor !== http.Agent) return wanted;
    const key = secure ? keyOf(wanted.options) : 'http';
    if (this.agent && key === this.key) return this.agent;
    this.closeIdle();
    this.key = key;
    this.agent = secure
      ? new https.Agent({ ...wanted.options, keepAlive: true, timeout: idleMs })
      : new http.Agent({ keepAlive: true, timeout: idleMs });
    return this.agent;
  }

  /** When one has not answered, the others are doubtful too: a proxy that drops packets tells nobody. */
  closeIdle(): void {
    for (const sockets of Object.values(this.agent?.freeSockets ?? {}))
      for (const socket of sockets ?? []) socket.destroy();
  }
}

const keyOf = ({ ca, cert, key, pfx, passphrase, servername, rejectUnauthorized }: https.AgentOptions): string =>
  [ca, cert, key, pfx, passphrase, servername, rejectUnauthorized].map(String).join('\n');
