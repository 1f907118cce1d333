// Towpath's HTTP API as cheap as a client can ask it: connections stay open.
import http from 'node:http';

/** An idle connection is closed before the server does so: it closes them after 5 s. */
const idleMs = 2000;

export function createApi({ url, token }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 256, timeout: idleMs });

  /** A connection that was closed just then is no answer; every request of this API may be repeated. */
  async function ask(...request) {
    try {
      return await askOnce(...request);
    } catch (error) {
      if (error.code !== 'ECONNRESET') throw error;
      return askOnce(...request);
    }
  }

  function askOnce(method, path, body) {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
      if (text !== undefined)
        Object.assign(headers, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      const request = http.request(`${url}/api/v1${path}`, { method, agent, headers }, (answer) => {
        const pieces = [];
        answer.on('data', (piece) => pieces.push(piece));
        answer.once('error', reject);
        answer.once('end', () => {
          const said = Buffer.concat(pieces).toString();
          if (answer.statusCode < 300) resolve(JSON.parse(said));
          else reject(new Error(`${method} ${path} answers ${answer.statusCode}: ${said}`));
        });
      });
      request.once('error', reject);
      request.end(text);
    });
  }

  return {
    get: (path) => ask('GET', path),
    post: (path, body) => ask('POST', path, body),
    close: () => agent.destroy(),
  };
}
