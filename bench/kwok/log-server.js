// Answers the API server as the kubelets of the simulated nodes: every container has logged one line, and goes on as long
// as somebody follows. A process of its own, so that its CPU is not taken for anybody else's. Arguments: PORT CERT KEY.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const [port, cert, key] = process.argv.slice(2);
const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'https://node');
  if (!pathname.startsWith('/containerLogs/')) return response.writeHead(404).end();
  response.writeHead(200, { 'content-type': 'text/plain' });
  const line = searchParams.get('timestamps') === 'true' ? `${new Date().toISOString()} done\n` : 'done\n';
  if (searchParams.get('follow') === 'true') response.write(line);
  else response.end(line);
});
server.listen(Number(port), '127.0.0.1', () => console.log('node logs ready'));
process.once('SIGTERM', () => process.exit(0));
