// Configurations of a size that a large platform team has, generated: always the same text for the same numbers.

const many = (count, text) => Array.from({ length: count }, (_, i) => text(i));

export const cluster = (name) => `runtime:
  name: ${name}
  kubernetes: {context: ${name}}
`;

export const registry = (name) => `containerRegistry:
  name: ${name}
  url: https://${name}.example.com
  pullSecret: {kubernetesSecret: {namespace: towpath, name: ${name}-pull}}
`;

/** An extension with parameters, arguments, variables and a Secret. */
export const extension = (name, { cluster: on, registry: from }) => `runtime:
  name: ${name}
  extension:
    proxyRuntime:
      runtime: ${on}
    apply:
      timeout: 15m
      taskConfig:
        program:
          cmd:
            - apply-changes
            - --change-id={{.Params.changeId}}
            - --replicas={{.Params.replicas}}
            - --zone={{.Params.zone}}.{{.Constants.domain}}
            - "{{if eq .Builtins.ReleaseChannel.Name \\"production\\"}}--carefully{{else}}--quickly{{end}}"
          imageTag: "1.{{.Params.replicas}}"
          imageRegistryInfo:
            containerRegistry: ${from}
            imageRepository: platform/${name}
          env:
            ZONE: {value: "{{.Params.zone}}"}
            TOKEN: {kubernetesSecret: {secretName: ${name}, key: token}}
          resources:
            requests: {cpu: 100m, memory: 64Mi}
            limits: {cpu: "1", memory: 512Mi}
    parameters:
      - {name: changeId, description: what to deploy, required: true, string: {pattern: "[A-Za-z0-9._-]{1,60}"}}
      - {name: replicas, int: {defaultValue: 3, min: 1, max: 100}}
      - {name: zone, string: {defaultValue: main}}
`;

/** Channels in a row, each stable before the next; every runtime has its turn. */
export const application = (name, { channels, runtimes }) => `application:
  name: ${name}
  releaseChannels:
${many(channels, (i) => channel(i, { last: channels - 1, runtimes })).join('')}`;

const channel = (i, { last, runtimes }) => `    - name: ${i === last ? 'production' : `stage-${i}`}
      runtimes:
${runtimes.map((runtime) => `        - {runtime: ${runtime}, type: EXTENSION}\n`).join('')}      constants:
        - {name: domain, string: {value: stage-${i}.example.com}}
      policy:
        defaultEnv:
          STAGE: {value: "${i}"}
          REGION: {value: eu-west-1}
${i === 0 ? '' : `      preconditions:\n        - releaseChannelStable: {releaseChannel: stage-${i - 1}}\n${i === last ? '        - manualApproval: {description: look at the dashboard}\n' : ''}`}`;

/** A service with parameters of its own, variables, and an entry for production. */
export const service = (name, { application: of, runtime }) => `service:
  name: ${name}
  application: ${of}
  runtimeConnection: ${runtime}
  runtimeExtension:
    parameterValues:
      - {name: changeId, string: "{{.Params.changeId}}"}
      - {name: replicas, string: "{{.Params.replicas}}"}
      - {name: zone, string: "${name}.{{.Builtins.ReleaseChannel.Name}}"}
  parameters:
    - {name: changeId, description: what to deploy, string: {defaultValue: none}}
    - {name: replicas, int: {defaultValue: 2, min: 1}}
  env:
    LOG_LEVEL: {value: info}
    OWNER: {value: team-${name}}
    FEATURES: {value: "a,b,{{.Builtins.Service.Name}}"}
  perReleaseChannel:
    - releaseChannel: production
      env:
        LOG_LEVEL: {value: warn}
      runtimeExtension:
        parameterValues:
          - {name: replicas, int: 10}
`;

export const joined = (documents) => documents.join('---\n');
