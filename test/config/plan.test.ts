import { describe, expect, test } from '@jest/globals';
import type { ConfigDocument } from '../../src/config/model.js';
import { contentDigest, makePlan } from '../../src/config/plan.js';
import { documentsOf, envOf, inputOf, jobOf, mainOf, mistakesOf, planOf, setUp } from './planning.js';

const twoChannels = '[{name: staging, runtimes: [{runtime: vm}]}, {name: production, runtimes: [{runtime: vm}]}]';
const passedThrough = {
  program: 'image: "a:1", cmd: ["{{.Params.id}}"]',
  parameters: '[{name: id, string: {}}]',
  values: '[{name: id, string: "{{.Params.id}}"}]',
};

/** As a database returns it that keeps JSON in an order of its own. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, shuffled(item)]),
  );
}

describe('the digest of a plan', () => {
  const withId = documentsOf(
    setUp({
      ...passedThrough,
      values: '[{name: id, string: "{{.Builtins.Release.Id}} {{.Builtins.Release.Version}}"}]',
    }),
  );

  test('is the same for a preview and the start, whatever numbers are allotted', () => {
    const preview = planOf(inputOf(withId, { version: 4, release: 7 }));
    const start = planOf(inputOf(withId, { version: 5, release: 8 }));
    expect(start.digest).toBe(preview.digest);
    expect(mainOf(preview)['args']).toEqual(['app/s/7 v4']);
    expect(mainOf(start)['args']).toEqual(['app/s/8 v5']);
  });

  test('is a SHA-256', () => {
    expect(planOf(inputOf(withId)).digest).toMatch(/^[0-9a-f]{64}$/);
  });

  test('does not depend on the order in which a database keeps keys', () => {
    const documents = documentsOf(setUp({ service: 'env: {B: {value: b}, A: {value: "$(B)"}}' }));
    const again = shuffled(documents) as ConfigDocument[];
    expect(planOf(inputOf(again))).toEqual(planOf(inputOf(documents)));
    expect(JSON.stringify(envOf(planOf(inputOf(again))))).toBe('{"B":"b","A":"$(B)"}');
  });

  test.each([
    ['another value', { values: { all: { id: 'x' }, byChannel: {} } }],
    ['a value for one channel', { values: { all: {}, byChannel: { staging: { id: 'x' } } } }],
  ])('changes with %s', (_, more) => {
    const documents = documentsOf(
      setUp({ ...passedThrough, service: 'parameters: [{name: id, string: {defaultValue: a}}]' }),
    );
    expect(planOf(inputOf(documents, more)).digest).not.toBe(planOf(inputOf(documents)).digest);
  });

  test.each([
    ['the extension', 'image: "a:2"'],
    ['its timeout', 'image: "a:1"}}, timeout: 2h, env: {A: {value: "x"'],
  ])('changes with %s', (_, program) => {
    const before = planOf(inputOf(documentsOf(setUp({})))).digest;
    expect(planOf(inputOf(documentsOf(setUp({ program })))).digest).not.toBe(before);
  });

  test('changes with the applyId of the extension', () => {
    const digestWith = (extension: string): string => planOf(inputOf(documentsOf(setUp({ extension })))).digest;
    expect(digestWith('applyId: first')).not.toBe(digestWith('applyId: second'));
  });

  test('does not change with a document that the release does not use', () => {
    const text = setUp({});
    const other = `${text}---\nruntime: {name: other, kubernetes: {inCluster: true}}\n---\nservice: {name: t, application: app, runtimeExtension: {}}`;
    expect(planOf(inputOf(documentsOf(other))).digest).toBe(planOf(inputOf(documentsOf(text))).digest);
  });
});

describe('a plan', () => {
  test('pins the versions of the documents it was made from, and of no others', () => {
    const versions = {
      'runtime/vm': 3,
      'runtime/ops': 1,
      'application/app': 2,
      'service/app/s': 5,
      'service/app/t': 6,
      'containerRegistry/closed': 7,
      'containerRegistry/open': 8,
    };
    const program = 'imageTag: "1", imageRegistryInfo: {containerRegistry: closed, imageRepository: a}';
    const { pinned } = planOf(inputOf(documentsOf(setUp({ program })), { versions }));
    expect(pinned).toEqual({
      'runtime/vm': 3,
      'runtime/ops': 1,
      'application/app': 2,
      'service/app/s': 5,
      'containerRegistry/closed': 7,
    });
  });

  test('stores equal Jobs once, and Jobs that differ by channel apart', () => {
    const same = planOf(inputOf(documentsOf(setUp({ channels: twoChannels }))));
    expect(Object.keys(same.jobs)).toHaveLength(2); // PVN_RELEASE_CHANNEL differs.
    const { channels, jobs } = planOf(inputOf(documentsOf(setUp({}))));
    expect(Object.keys(jobs)).toEqual(channels.map(({ apply }) => apply.job));
  });

  test('knows its namespace, time-outs and gates', () => {
    const channels =
      '[{name: staging, runtimes: [{runtime: vm}]}, {name: production, runtimes: [{runtime: vm}], preconditions: [{releaseChannelStable: {releaseChannel: staging}}, {manualApproval: {name: keeper, description: look}}]}]';
    const apply = 'timeout: 90s, taskConfig: {ttl: 2h, program: {image: "a:1"}}';
    expect(planOf(inputOf(documentsOf(setUp({ channels, apply })))).channels).toMatchObject([
      {
        name: 'staging',
        gates: [],
        cluster: 'ops',
        runtime: 'vm',
        namespace: { name: 'pvn-proxy-runtime-vm', managed: true },
        supersede: 'latestWins',
        apply: { timeoutMs: 90_000, ttlMs: 7_200_000, pullSecrets: [] },
      },
      {
        name: 'production',
        gates: [
          { kind: 'stable', channel: 'staging' },
          { kind: 'approval', name: 'keeper', description: 'look' },
        ],
      },
    ]);
  });

  test('is not made when what was applied later took away what it needs', () => {
    const documents = documentsOf(setUp({ service: 'runtimeConnection: vm' })).filter(({ name }) => name !== 'vm');
    expect(mistakesOf(inputOf(documents))).toEqual(['UNKNOWN_REFERENCE application/app: runtime "vm" does not exist']);
    const cluster = documentsOf('runtime: {name: vm, kubernetes: {inCluster: true}}');
    expect(mistakesOf(inputOf([...documents, ...cluster]))).toEqual([
      'CONNECTION_MISMATCH service/app/s: in channel "staging" this is the linked cluster "vm"; a service needs an extension',
    ]);
  });

  test('carries the warnings of its documents', () => {
    const program = 'image: "a:1", cmd: [pvn-wrapper]';
    expect(planOf(inputOf(documentsOf(setUp({ program })))).warnings).toEqual([
      'runtime/vm: pvn-wrapper needs the API of Prodvana, which is not here',
    ]);
  });
});

describe('limits of a plan', () => {
  const large = (bytes: number): string => `image: "a:1", cmd: ["${'x'.repeat(bytes)}"]`;
  const channelsOf = (count: number): string =>
    `[${Array.from({ length: count }, (_, i) => `{name: c${i}, runtimes: [{runtime: vm}]}`).join(', ')}]`;

  test('a Job of more than 64 KiB is too large', () => {
    expect(mistakesOf(inputOf(documentsOf(setUp({ program: large(65_536) }))))).toEqual([
      expect.stringMatching(/^PLAN_TOO_LARGE service\/app\/s: the Job has \d+ bytes, more than 64 KiB$/),
    ]);
  });

  test('a plan of more than 1 MiB is too large, and one of more than 256 KiB is warned about', () => {
    const program = large(60_000);
    expect(mistakesOf(inputOf(documentsOf(setUp({ program, channels: channelsOf(18) }))))).toEqual([
      expect.stringMatching(/^PLAN_TOO_LARGE service\/app\/s: the plan has \d+ bytes, more than 1 MiB$/),
    ]);
    expect(planOf(inputOf(documentsOf(setUp({ program, channels: channelsOf(6) })))).warnings).toEqual([
      expect.stringMatching(/^service\/app\/s: the plan has \d+ bytes; the limit is 1 MiB$/),
    ]);
  });
});

describe('values of the service’s parameters', () => {
  const parameters =
    'parameters: [{name: id, required: true, string: {pattern: "[a-z0-9]+"}}, {name: n, int: {defaultValue: 1, max: 9}}]';
  const documents = documentsOf(
    setUp({
      ...passedThrough,
      parameters: '[{name: id, string: {}}, {name: n, int: {}}]',
      values: '[{name: id, string: "{{.Params.id}}"}, {name: n, string: "{{.Params.n}}"}]',
      service: parameters,
      channels: twoChannels,
    }),
  );
  const resolved = (more: Parameters<typeof inputOf>[1]): Record<string, string> =>
    Object.fromEntries(
      planOf(inputOf(documents, more)).channels.map(({ name, parameters: of }) => [
        name,
        of.map(({ value }) => value).join(' '),
      ]),
    );

  test('the channel’s own wins over the one for all, that over the latest version’s, that over the default', () => {
    const previous = {
      staging: { id: { kind: 'string', text: 'old' }, n: { kind: 'int', text: '2' } },
      production: { id: { kind: 'string', text: 'old' } },
    };
    expect(resolved({ values: { all: { id: 'all' }, byChannel: { production: { id: 'own' } } }, previous })).toEqual({
      staging: 'all 2',
      production: 'own 1',
    });
    expect(resolved({ previous })).toEqual({ staging: 'old 2', production: 'old 1' });
  });

  test('the latest version’s does not count when the kind has changed, or the parameter is gone', () => {
    const previous = {
      staging: {
        id: { kind: 'int', text: '3' },
        n: { kind: 'string', text: '3' },
        gone: { kind: 'string', text: 'x' },
      },
    };
    expect(resolved({ values: { all: { id: 'a' }, byChannel: {} }, previous })).toEqual({
      staging: 'a 1',
      production: 'a 1',
    });
  });

  test('what was given is in the plan for the next version, without defaults', () => {
    const { values } = planOf(
      inputOf(documents, { values: { all: { id: 'a' }, byChannel: { production: { n: '3' } } } }),
    );
    expect(values).toEqual({
      staging: { id: { kind: 'string', text: 'a' } },
      production: { id: { kind: 'string', text: 'a' }, n: { kind: 'int', text: '3' } },
    });
    expect(planOf(inputOf(documents, { previous: values })).digest).toBe(
      planOf(inputOf(documents, { values: { all: { id: 'a' }, byChannel: { production: { n: '3' } } } })).digest,
    );
  });

  test.each([
    [
      'a missing one, in any channel',
      { all: {}, byChannel: { staging: { id: 'a' } } },
      ['PARAMETER_MISSING service/app/s: parameter "id" has no value (channel "production")'],
    ],
    [
      'a missing one, in all channels',
      { all: {}, byChannel: {} },
      ['PARAMETER_MISSING service/app/s: parameter "id" has no value'],
    ],
    [
      'one that breaks its rule',
      { all: { id: 'A', n: '10' }, byChannel: {} },
      [
        'PARAMETER_INVALID service/app/s: parameter "id": "A" does not match [a-z0-9]+',
        'PARAMETER_INVALID service/app/s: parameter "n": 10 is more than 9',
      ],
    ],
    [
      'one that is not a number',
      { all: { id: 'a', n: ' 3' }, byChannel: {} },
      [expect.stringMatching(/^PARAMETER_INVALID .*" 3" is not a whole number/)],
    ],
    [
      'one that is not defined',
      { all: { id: 'a', idd: 'b', constructor: 'c' }, byChannel: {} },
      [
        'PARAMETER_UNKNOWN service/app/s: parameter "idd" is not defined',
        'PARAMETER_UNKNOWN service/app/s: parameter "constructor" is not defined',
      ],
    ],
    [
      'one for a channel that does not exist',
      { all: { id: 'a' }, byChannel: { constructor: { id: 'b' } } },
      ['UNKNOWN_REFERENCE service/app/s: application "app" has no channel "constructor"'],
    ],
    [
      'one that could not be stored',
      { all: { id: 'a\0' }, byChannel: {} },
      ['PARAMETER_INVALID service/app/s: parameter "id": text cannot hold the character U+0000'],
    ],
    [
      'one that is too long',
      { all: { id: 'a'.repeat(65_537) }, byChannel: {} },
      ['PARAMETER_INVALID service/app/s: parameter "id": it is longer than 64 KiB'],
    ],
  ])('%s is a mistake before anything runs', (_, values, expected) => {
    expect(mistakesOf(inputOf(documents, { values }))).toEqual(expected);
  });

  test('braces in a value stay braces', () => {
    const plain = documentsOf(setUp({ ...passedThrough, service: 'parameters: [{name: id, string: {}}]' }));
    const plan = planOf(inputOf(plain, { values: { all: { id: '{{.Params.x}}' }, byChannel: {} } }));
    expect(mainOf(plan)['args']).toEqual(['{{.Params.x}}']);
  });
});

describe('the content of a service version', () => {
  const documents = documentsOf(
    setUp({ ...passedThrough, service: 'parameters: [{name: id, string: {defaultValue: a}}]', channels: twoChannels }),
  );
  const digest = (values: Parameters<typeof contentDigest>[0]['values']): string =>
    contentDigest(inputOf(documents, { values }));

  test('is the same for the same values, however they are given', () => {
    expect(digest({ all: { id: 'x' }, byChannel: {} })).toBe(
      digest({ all: {}, byChannel: { staging: { id: 'x' }, production: { id: 'x' } } }),
    );
    expect(digest({ all: { id: 'x' }, byChannel: {} })).not.toBe(digest({ all: { id: 'y' }, byChannel: {} }));
  });

  test('does not change with the application, which is no part of it', () => {
    const other = documentsOf(
      setUp({
        ...passedThrough,
        service: 'parameters: [{name: id, string: {defaultValue: a}}]',
        channels: twoChannels.replace('staging', 'staging, constants: [{name: a, string: {value: b}}]'),
      }),
    );
    expect(contentDigest(inputOf(other))).toBe(contentDigest(inputOf(documents)));
  });
});

describe('the channels that a release takes', () => {
  const documents = documentsOf(setUp({ channels: twoChannels }));

  test('are the only ones in the plan, and leave the digest as it is: what they bring on its way is the same content', () => {
    const [all, some] = [planOf(inputOf(documents)), planOf(inputOf(documents, { channels: ['production'] }))];
    expect(some.channels.map(({ name }) => name)).toEqual(['production']);
    expect(Object.keys(some.jobs)).toEqual([all.channels.find(({ name }) => name === 'production')?.apply.job]);
    expect([some.digest, some.values, some.pinned]).toEqual([all.digest, all.values, all.pinned]);
  });

  test('must be channels of the application', () => {
    expect(mistakesOf(inputOf(documents, { channels: ['prod', 'prod'] }))).toEqual([
      expect.stringContaining('application "app" has no channel "prod"'),
    ]);
  });
});

describe('the values of a runtime’s parameters', () => {
  test('of a channel are joined over those of the service, or replace them', () => {
    const parts = {
      program: 'image: "a:1", cmd: ["{{range .Params}}{{.}} {{end}}"]',
      parameters: '[{name: a, string: {}}, {name: b, string: {}}, {name: c, string: {defaultValue: dc}}]',
      values: '[{name: a, string: sa}, {name: b, string: sb}]',
      channels:
        '[{name: x, runtimes: [{runtime: vm}]}, {name: y, runtimes: [{runtime: vm}]}, {name: z, runtimes: [{runtime: vm}]}]',
      service:
        'perReleaseChannel: [{releaseChannel: y, runtimeExtension: {parameterValues: [{name: b, string: yb}]}}, {releaseChannel: z, customRuntime: {clearOnPerReleaseChannelMerge: true, parameterValues: [{name: c, string: "{{.Builtins.ReleaseChannel.Name}}"}]}}]',
    };
    const plan = planOf(inputOf(documentsOf(setUp(parts))));
    expect(['x', 'y', 'z'].map((channel) => mainOf(plan, channel)['args'])).toEqual([
      ['sa sb dc '],
      ['sa yb dc '],
      ['z '],
    ]);
  });

  const image =
    '[{name: image, dockerImage: {imageRegistryInfo: {containerRegistry: closed, imageRepository: team/x}, defaultTag: v0}}]';
  const hash = `sha256:${'0123456789abcdef'.repeat(4)}`;
  test.each([
    ['the default', '', 'closed.example/team/x:v0 v0'],
    ['a tag', '{name: image, dockerImageTag: v1}', 'closed.example/team/x:v1 v1'],
    ['a tag as a string', '{name: image, string: v1}', 'closed.example/team/x:v1 v1'],
    ['a digest', `{name: image, string: "${hash}"}`, `closed.example/team/x@${hash} ${hash}`],
    ['a reference with a tag', '{name: image, string: "closed.example/team/x:v1"}', 'closed.example/team/x:v1 v1'],
    [
      'a reference with a digest',
      `{name: image, string: "closed.example/team/x@${hash}"}`,
      `closed.example/team/x@${hash} ${hash}`,
    ],
    [
      'a reference with both',
      `{name: image, string: "closed.example/team/x:v1@${hash}"}`,
      `closed.example/team/x@${hash} ${hash}`,
    ],
  ])('an image from %s', (_, value, expected) => {
    const program = 'image: "a:1", cmd: ["{{.Params.image}} {{.Params.image.Tag}}"]';
    const plan = planOf(inputOf(documentsOf(setUp({ program, parameters: image, values: `[${value}]` }))));
    expect(mainOf(plan)['args']).toEqual([expected]);
  });

  test('an image that the service passes through keeps its tag', () => {
    const program =
      'imageTag: "{{.Params.image.Tag}}", imageRegistryInfo: {containerRegistry: closed, imageRepository: team/x}';
    const service = `parameters: ${image}`;
    const documents = documentsOf(
      setUp({ program, parameters: image, values: '[{name: image, string: "{{.Params.image}}"}]', service }),
    );
    expect(mainOf(planOf(inputOf(documents, { values: { all: { image: 'v9' }, byChannel: {} } })))['image']).toBe(
      'closed.example/team/x:v9',
    );
  });
});

test('two channels with one connection may use different runtimes', () => {
  const channels = '[{name: staging, runtimes: [{runtime: vm}]}, {name: production, runtimes: [{runtime: other}]}]';
  const text = `${setUp({ channels })}---\nruntime: {name: other, extension: {proxyRuntime: {runtime: ops}, apply: {taskConfig: {program: {image: "b:1"}}}}}`;
  const plan = planOf(inputOf(documentsOf(text)));
  expect([mainOf(plan, 'staging')['image'], mainOf(plan, 'production')['image']]).toEqual(['a:1', 'b:1']);
});

test('a plan and its mistakes have no text that stands for what is not known', () => {
  const documents = documentsOf(setUp({ ...passedThrough, service: 'parameters: [{name: id, string: {}}]' }));
  expect(JSON.stringify(makePlan(inputOf(documents)))).not.toContain('\\u0000');
  expect(
    JSON.stringify(jobOf(planOf(inputOf(documents, { values: { all: { id: '' }, byChannel: {} } })))),
  ).not.toContain('\\u0000');
});

test('the name of a version that would be another one in each channel is a mistake', () => {
  const service = 'bundleName: "{{.Params.id}}"\n  parameters: [{name: id, string: {defaultValue: x}}]';
  const documents = documentsOf(setUp({ channels: twoChannels, service }));
  const values = { all: {}, byChannel: { production: { id: 'y' } } };
  expect(mistakesOf(inputOf(documents, { values }))).toEqual([
    'BAD_VALUE service/app/s: a version has one name for all channels, and this is "x" in channel "staging", "y" in channel "production"',
  ]);
});
