import { describe, expect, test } from '@jest/globals';
import { at, documentsOf, envOf, inputOf, jobOf, mainOf, planOf, podOf, setUp, type Parts } from './planning.js';

const planFor = (parts: Parts, manifests?: Record<string, string>) =>
  planOf(inputOf(documentsOf(setUp(parts), manifests)));

/** The extension's Job is this manifest. */
const withManifest = (manifest: string, parts: Parts = {}) =>
  planFor(
    { apply: 'kubernetesConfig: {type: KUBERNETES, local: {path: job.yaml}}', ...parts },
    { 'job.yaml': manifest },
  );

const jobWith = (pod: string, more = ''): string =>
  `apiVersion: batch/v1\nkind: Job\n${more}\nspec: {template: {spec: ${pod}}}\n`;

describe('a Job from a taskConfig', () => {
  test('has what Towpath sets on every Job', () => {
    expect(jobOf(planFor({ apply: 'timeout: 1h30m, taskConfig: {program: {image: "a:1"}}' }))).toEqual({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {},
      spec: {
        backoffLimit: 0,
        activeDeadlineSeconds: 5460,
        ttlSecondsAfterFinished: 604_800,
        podReplacementPolicy: 'Failed',
        template: {
          spec: {
            restartPolicy: 'Never',
            automountServiceAccountToken: false,
            containers: [
              {
                name: 'main',
                image: 'a:1',
                env: [
                  { name: 'PVN_SERVICE', value: 's' },
                  { name: 'PVN_RELEASE_CHANNEL', value: 'staging' },
                  { name: 'PVN_APPLICATION', value: 'app' },
                  { name: 'PVN_SERVICE_VERSION', value: 'v4' },
                  { name: 'TOWPATH_RESULT_PATH', value: '/towpath/result.json' },
                ],
                volumeMounts: [{ name: 'towpath-result', mountPath: '/towpath' }],
                terminationMessagePath: '/towpath/result.json',
                terminationMessagePolicy: 'File',
              },
            ],
            volumes: [{ name: 'towpath-result', emptyDir: {} }],
          },
        },
      },
    });
  });

  test('has the program’s fields, rendered', () => {
    const apply = `taskConfig: {
      k8s: {serviceAccount: "{{.Params.who}}-writer"},
      program: {image: "{{.Params.who}}:1", entrypoint: [zonectl, "{{.Params.who}}"], cmd: [], workingDirectory: "/srv/{{.Params.who}}", resources: {requests: {cpu: "{{.Params.n}}00m"}, limits: {memory: 1Gi}}},
      volumes: [
        {name: a, source: {secret: {secretName: "{{.Params.who}}-key"}}, mount: {mountPath: "/{{.Params.who}}", readOnly: true}},
        {name: b, source: {ephemeral: {medium: MEMORY}}, mount: {mountPath: /b}},
        {name: c, source: {ephemeral: {medium: DEFAULT}}, mount: {mountPath: /c, readOnly: false}}]}`;
    const parameters = '[{name: who, string: {defaultValue: zone}}, {name: n, int: {defaultValue: 5}}]';
    const plan = planFor({ apply, parameters });
    expect(podOf(plan)).toMatchObject({ serviceAccountName: 'zone-writer' });
    expect(podOf(plan)).not.toHaveProperty('automountServiceAccountToken');
    expect(mainOf(plan)).toMatchObject({
      image: 'zone:1',
      command: ['zonectl', 'zone'],
      args: [],
      workingDir: '/srv/zone',
      resources: { requests: { cpu: '500m' }, limits: { memory: '1Gi' } },
      volumeMounts: [
        { name: 'a', mountPath: '/zone', readOnly: true },
        { name: 'b', mountPath: '/b' },
        { name: 'c', mountPath: '/c', readOnly: false },
        { name: 'towpath-result', mountPath: '/towpath' },
      ],
    });
    expect(at(podOf(plan), 'volumes')).toEqual([
      { name: 'a', secret: { secretName: 'zone-key' } },
      { name: 'b', emptyDir: { medium: 'Memory' } },
      { name: 'c', emptyDir: {} },
      { name: 'towpath-result', emptyDir: {} },
    ]);
  });

  const hash = `sha256:${'0123456789abcdef'.repeat(4)}`;
  test.each([
    [
      'imageTag: "1", imageRegistryInfo: {containerRegistry: closed, imageRepository: team/a}',
      'closed.example/team/a:1',
      ['closed'],
    ],
    [
      `imageTag: "${hash}", imageRegistryInfo: {containerRegistry: open, imageRepository: a}`,
      `open.example/a@${hash}`,
      [],
    ],
    ['image: "closed.example/a:1"', 'closed.example/a:1', ['closed']],
    ['image: "closed.example:443/a:1"', 'closed.example:443/a:1', []],
    ['image: "open.example/a:1"', 'open.example/a:1', []],
    ['image: python', 'python', ['hub', 'hub-two']],
    ['image: "docker.io/library/python:3"', 'docker.io/library/python:3', ['hub', 'hub-two']],
  ])('of %s has the image %s', (program, image, secrets) => {
    const hub = (name: string, url: string): string =>
      `---\ncontainerRegistry: {name: ${name}, url: "${url}", pullSecret: {kubernetesSecret: {namespace: n, name: ${name}}}}\n`;
    const plan = planOf(
      inputOf(
        documentsOf(setUp({ program }) + hub('hub-two', 'docker.io') + hub('hub', 'https://index.docker.io/v1/')),
      ),
    );
    expect(mainOf(plan)['image']).toBe(image);
    expect(at(podOf(plan), 'imagePullSecrets') ?? []).toEqual(
      secrets.map((name) => ({ name: `towpath-pull-${name}` })),
    );
    expect(plan.channels[0]?.apply.pullSecrets.map(({ registry }) => registry)).toEqual(secrets);
  });
});

describe('$(NAME), which Kubernetes expands', () => {
  const parameters = '[{name: v, string: {}}]';
  const rendered = (text: string, value: string): unknown => {
    const program = `image: "a:1", entrypoint: [${JSON.stringify(text)}], cmd: [${JSON.stringify(text)}], env: {A: {value: ${JSON.stringify(text)}}}`;
    const plan = planFor({ program, parameters, values: `[{name: v, string: ${JSON.stringify(value)}}]` });
    const { command, args } = mainOf(plan);
    expect([at(command, 0), at(args, 0)]).toEqual([envOf(plan)['A'], envOf(plan)['A']]);
    return at(args, 0);
  };

  test.each([
    [
      'what a person wrote keeps its meaning',
      '--password=$(DB_PASSWORD) $$(NOT) $HOME',
      '',
      '--password=$(DB_PASSWORD) $$(NOT) $HOME',
    ],
    ['a value is data', 'x {{.Params.v}}', '$(DB_PASSWORD) $$ $', 'x $$(DB_PASSWORD) $$$$ $$'],
    ['a dollar before a value does not join with it', '$ {{.Params.v}}${{.Params.v}}', '(A)', '$ (A)$$(A)'],
    ['two dollars before a value are one', '$${{.Params.v}}', '(A)', '$$(A)'],
    ['a reference may be written with a value', '$(PREFIX_{{.Params.v}})', 'A', '$(PREFIX_A)'],
  ])('%s: %s', (_, text, value, expected) => {
    expect(rendered(text, value)).toBe(expected);
  });

  test('only where Kubernetes does', () => {
    const program = 'image: "a:1", workingDirectory: "/{{.Params.v}}"';
    expect(mainOf(planFor({ program, parameters, values: '[{name: v, string: "$(A)"}]' }))['workingDir']).toBe('/$(A)');
    const manifest = jobWith(
      `{nodeName: "{{.Params.v}}", initContainers: [{name: i, args: ["{{.Params.v}}"]}], containers: [{name: a, command: ["{{.Params.v}}"], image: "{{.Params.v}}", env: [{name: A, value: "{{.Params.v}}"}], volumeMounts: [{name: v, mountPath: "/{{.Params.v}}", subPathExpr: "{{.Params.v}}"}], readinessProbe: {exec: {command: ["{{.Params.v}}"]}}, lifecycle: {preStop: {exec: {command: ["{{.Params.v}}"]}}}}]}`,
    );
    const pod = podOf(withManifest(manifest, { parameters, values: '[{name: v, string: "$(A)"}]' }));
    expect(pod).toMatchObject({
      nodeName: '$(A)',
      initContainers: [{ args: ['$$(A)'] }],
      containers: [
        {
          command: ['$$(A)'],
          image: '$(A)',
          volumeMounts: [{ mountPath: '/$(A)', subPathExpr: '$$(A)' }, {}],
          readinessProbe: { exec: { command: ['$$(A)'] } },
          lifecycle: { preStop: { exec: { command: ['$(A)'] } } },
        },
      ],
    });
    expect(at(pod, 'containers', 0, 'env', 5)).toEqual({ name: 'A', value: '$$(A)' });
  });
});

describe('variables', () => {
  const parts: Parts = {
    channels:
      '[{name: staging, runtimes: [{runtime: vm}], policy: {defaultEnv: {A: {value: channel}, B: {value: channel}, C: {value: channel}, D: {value: channel}, E: {value: "{{.Params.own}} {{.Builtins.Runtime.Name}}"}}}}]',
    service:
      'parameters: [{name: own, string: {defaultValue: mine}}]\n  env: {B: {value: service}, C: {value: service}, D: {value: service}, S: {kubernetesSecret: {secretName: x, key: y}}}\n  perReleaseChannel: [{releaseChannel: staging, env: {C: {value: entry}, D: {value: entry}}}]',
  };

  test('of later sources win', () => {
    const apply =
      'env: {D: {value: command}, Z: {value: "{{.Builtins.Release.Version}}"}}, taskConfig: {program: {image: "a:1", env: {C: {value: program}, D: {value: program}}}}';
    expect(envOf(planFor({ ...parts, apply }))).toEqual({
      A: 'channel',
      E: 'mine vm',
      B: 'service',
      S: { secretKeyRef: { name: 'x', key: 'y' } },
      C: 'program',
      D: 'command',
      Z: 'v4',
    });
  });

  test('are added to a manifest, but for those from Secrets; the container’s own stand between', () => {
    const apply = 'env: {D: {value: command}}, kubernetesConfig: {type: KUBERNETES, local: {path: job.yaml}}';
    const manifest = jobWith(
      '{containers: [{name: a, image: a, env: [{name: C, value: container}, {name: D, value: container}, {name: F, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]}, {name: b, image: b}]}',
    );
    const plan = withManifest(manifest, { ...parts, apply });
    expect(envOf(plan)).toEqual({
      A: 'channel',
      E: 'mine vm',
      B: 'service',
      C: 'container',
      F: { fieldRef: { fieldPath: 'spec.nodeName' } },
      D: 'command',
    });
    expect(at(podOf(plan), 'containers', 1)).toEqual({ name: 'b', image: 'b' });
    expect(plan.warnings).toEqual([
      'service/app/s: "S" is from a Secret, and such a variable is not added to a manifest',
    ]);
  });
});

describe('a Job from a manifest', () => {
  const manifest = jobWith('{containers: [{name: a, image: a, env: [{name: C, value: container}]}]}');

  test('that stands in the document is the Job that it would be from a file', () => {
    const apply = `kubernetesConfig: {type: KUBERNETES, inlined: ${JSON.stringify(manifest)}}`;
    expect(jobOf(planFor({ apply }))).toEqual(jobOf(withManifest(manifest)));
  });

  test('gets no variables but those of the run if nothing is to be injected', () => {
    const more =
      'env: {D: {value: command}}, kubernetesConfig: {type: KUBERNETES, local: {path: job.yaml}, envInjectionMode: ';
    const service = 'env: {A: {value: service}, S: {kubernetesSecret: {secretName: s, key: k}}}';
    const plan = withManifest(manifest, { service, apply: `${more}ENV_INJECT_DISABLED}` });
    expect(envOf(plan)).toEqual({ C: 'container' });
    expect(plan.warnings).toEqual([]);
    const injected = withManifest(manifest, { service, apply: `${more}ENV_INJECT_NON_SECRET_ENV}` });
    expect(envOf(injected)).toEqual({ A: 'service', C: 'container', D: 'command' });
  });

  test('keeps what it says, and gets what Towpath owns', () => {
    const manifest = `
apiVersion: batch/v1
kind: Job
metadata: {generateName: Zone_Publish-, namespace: pvn-proxy-runtime-vm, labels: {team: dns}, annotations: {a: b, towpath.dev/main-container: zonectl}}
spec:
  activeDeadlineSeconds: 30
  ttlSecondsAfterFinished: 120
  template:
    metadata: {labels: {team: dns}}
    spec:
      serviceAccountName: zone-writer
      securityContext: {runAsNonRoot: true}
      nodeSelector: {disk: ssd, none: null}
      imagePullSecrets: [{name: mine}]
      volumes: [{name: zones, emptyDir: {}}]
      containers:
        - {name: sidecar, image: "closed.example/sidecar:1"}
        - {name: zonectl, image: "closed.example/zonectl:1", volumeMounts: [{name: zones, mountPath: /zones}]}
`;
    const plan = withManifest(manifest);
    expect(jobOf(plan)).toMatchObject({
      metadata: { labels: { team: 'dns' }, annotations: { a: 'b', 'towpath.dev/main-container': 'zonectl' } },
      spec: {
        activeDeadlineSeconds: 30,
        ttlSecondsAfterFinished: 604_800,
        backoffLimit: 0,
        podReplacementPolicy: 'Failed',
        template: { metadata: { labels: { team: 'dns' } } },
      },
    });
    expect(jobOf(plan)['metadata']).not.toHaveProperty('generateName');
    expect(jobOf(plan)['metadata']).not.toHaveProperty('namespace');
    expect(podOf(plan)).toMatchObject({
      restartPolicy: 'Never',
      serviceAccountName: 'zone-writer',
      securityContext: { runAsNonRoot: true },
      nodeSelector: { disk: 'ssd' },
      imagePullSecrets: [{ name: 'mine' }],
      volumes: [
        { name: 'zones', emptyDir: {} },
        { name: 'towpath-result', emptyDir: {} },
      ],
      containers: [
        { name: 'sidecar', image: 'closed.example/sidecar:1' },
        {
          name: 'zonectl',
          terminationMessagePath: '/towpath/result.json',
          volumeMounts: [{ name: 'zones' }, { name: 'towpath-result', mountPath: '/towpath' }],
        },
      ],
    });
    const [channel] = plan.channels;
    expect(channel?.apply).toMatchObject({ ttlMs: 120_000, pullSecrets: [] });
    expect(plan.jobs[channel?.apply.job ?? '']).toMatchObject({ prefix: 'zone-publish', mainContainer: 'zonectl' });
    expect(plan.warnings).toEqual([]);
  });

  test('that names no pull secret gets those of its images', () => {
    const plan = withManifest(
      jobWith(
        '{initContainers: [{name: i, image: "open.example/i"}], containers: [{name: a, image: "closed.example/a"}, {name: b, image: "closed.example/b"}]}',
      ),
    );
    expect(at(podOf(plan), 'imagePullSecrets')).toEqual([{ name: 'towpath-pull-closed' }]);
    expect(plan.channels[0]?.apply.pullSecrets).toEqual([
      { registry: 'closed', from: { namespace: 'towpath', name: 'pull' }, as: 'towpath-pull-closed' },
    ]);
  });

  test('is rendered in its keys and values, and a value never becomes structure', () => {
    const manifest = jobWith(
      '{containers: [{name: a, image: a, args: ["{{.Params.v}}", "{{.Params.n}}"]}]}',
      'metadata: {annotations: {"{{.Params.k}}/x": "{{.Params.v}}"}}',
    );
    const parameters =
      '[{name: v, string: {}}, {name: k, string: {defaultValue: canal.example}}, {name: n, int: {defaultValue: 7}}]';
    const plan = withManifest(manifest, { parameters, values: `[{name: v, string: '"]\\n- {a: b}'}]` });
    expect(at(jobOf(plan), 'metadata', 'annotations')).toEqual({ 'canal.example/x': '"]\\n- {a: b}' });
    expect(mainOf(plan)['args']).toEqual(['"]\\n- {a: b}', '7']);
  });

  test('has whole numbers and booleans where Kubernetes wants them, and text elsewhere', () => {
    const written = jobWith(
      '{hostNetwork: "{{.Params.host}}", containers: [{name: a, image: a, args: ["{{.Params.n}}"], ports: [{containerPort: "{{.Params.n}}"}], livenessProbe: {httpGet: {port: "{{.Params.port}}"}}}]}',
      'metadata: {labels: {tty: "{{.Params.host}}"}}',
    ).replace('spec: {', 'spec: {activeDeadlineSeconds: "{{.Params.n}}", ');
    const parameters =
      '[{name: n, int: {defaultValue: 30}}, {name: host, string: {defaultValue: "true"}}, {name: port, string: {defaultValue: web}}]';
    const plan = withManifest(written, { parameters });
    expect(at(jobOf(plan), 'spec', 'activeDeadlineSeconds')).toBe(30);
    expect(at(podOf(plan), 'hostNetwork')).toBe(true);
    expect(mainOf(plan)).toMatchObject({
      args: ['30'],
      ports: [{ containerPort: 30 }],
      livenessProbe: { httpGet: { port: 'web' } },
    });
    expect(at(jobOf(plan), 'metadata', 'labels')).toEqual({ tty: 'true' });
  });

  test.each([
    ['metadata: {name: zone}', 'zone'],
    ['metadata: {name: "{{.Builtins.ReleaseChannel.Name}}.{{.Builtins.Service.Name}}"}', 'staging-s'],
    ['metadata: {generateName: "--9.Zones--"}', '9-zones'],
    ['metadata: {generateName: "___"}', 'job'],
    [`metadata: {name: ${'a'.repeat(39)}-b}`, 'a'.repeat(39)],
    ['', 's-staging-apply'],
  ])('with %j is called %s…', (metadata, prefix) => {
    const { channels, jobs } = withManifest(jobWith('{containers: [{name: a, image: a}]}', metadata));
    expect(jobs[channels[0]?.apply.job ?? '']?.prefix).toBe(prefix);
  });

  test.each([
    [
      'a label of ours by way of a template',
      'metadata: {labels: {"{{.Params.k}}/run": "1"}}',
      'MANIFEST_FIELD runtime/vm: "towpath.dev/run": keys under towpath.dev/ are ours',
    ],
    [
      'another namespace by way of a template',
      'metadata: {namespace: "{{.Params.k}}"}',
      'MANIFEST_FIELD runtime/vm: the namespace is that of the runtime, "pvn-proxy-runtime-vm"',
    ],
    [
      'one key twice',
      'metadata: {labels: {"{{.Params.k}}": a, towpath.dev: b}}',
      'DUPLICATE_KEY runtime/vm: the key is rendered to "towpath.dev", which is there already or not allowed',
    ],
    [
      'a key that no object has',
      'metadata: {labels: {"{{.Params.p}}": a}}',
      'DUPLICATE_KEY runtime/vm: the key is rendered to "__proto__", which is there already or not allowed',
    ],
  ])('%s is found once it is rendered', (_, metadata, expected) => {
    const parts = {
      parameters: '[{name: k, string: {}}, {name: p, string: {defaultValue: __proto__}}]',
      values: '[{name: k, string: towpath.dev}]',
    };
    expect(() => withManifest(jobWith('{containers: [{name: a, image: a}]}', metadata), parts)).toThrow(
      expected.slice(expected.indexOf(': ') + 2).replaceAll('"', '\\"'),
    );
  });
});
