/**
 * A script to read and copy: starts a release through the HTTP API and prints its id. Nothing but fetch is needed.
 *
 *   TOWPATH_TOKEN=… node start-release.js my-app/my-service changeId=2026-11-25
 */
const server = process.env['TOWPATH_SERVER'] ?? 'http://127.0.0.1:7400';
const [service, ...values] = process.argv.slice(2);
if (service === undefined) {
  console.error('usage: start-release.js APP/SERVICE [NAME=VALUE]…');
  process.exit(1);
}

const answer = await fetch(`${server}/api/v1/releases`, {
  method: 'POST',
  headers: { authorization: `Bearer ${process.env['TOWPATH_TOKEN'] ?? ''}`, 'content-type': 'application/json' },
  body: JSON.stringify({
    service,
    parameters: Object.fromEntries(values.map((each) => [each.split('=')[0], each.slice(each.indexOf('=') + 1)])),
    // The same key is the same release: a lost answer may be asked for again. A CI job would use its own id.
    key: process.env['TOWPATH_KEY'] ?? crypto.randomUUID(),
  }),
});
const body = (await answer.json()) as { id?: string; outcome?: string; code?: string; detail?: string };
if (!answer.ok) {
  console.error(`${body.code}: ${body.detail}`);
  process.exit(1);
}
console.log(`${body.id} ${body.outcome}`);
