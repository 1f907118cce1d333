// What the benches configure: one cluster, one extension, one application, and as many services as are asked for.
import { fileURLToPath } from 'node:url';

/** A folder that stands for an image in the embedded cluster: its program does nothing, or sleeps as long as it is told. */
export const image = {
  ref: 'bench.example.com/bench/program:v1',
  dir: fileURLToPath(new URL('./image', import.meta.url)),
};
export const serviceName = (i) => `service-${i}`;
export const channelName = (i) => `channel-${i}`;

const linked = `runtime:
  name: bench-cluster
  kubernetes: {context: towpath}
---
containerRegistry:
  name: bench-registry
  url: https://bench.example.com
  public: true
---
runtime:
  name: bench-runtime
  extension:
    proxyRuntime: {runtime: bench-cluster}
    apply:
      taskConfig:
        program:
          cmd: [bench-program, "{{.Params.seconds}}", "{{.Params.change}}"]
          imageTag: v1
          imageRegistryInfo: {containerRegistry: bench-registry, imageRepository: bench/program}
    parameters:
      - {name: change, required: true, string: {}}
      - {name: seconds, string: {defaultValue: "0"}}
`;

const channel = (gates) => (i) => `    - name: ${channelName(i)}
      runtimes: [{runtime: bench-runtime, type: EXTENSION}]
${gates(i)}`;

const service = (application) => (i) => `service:
  name: ${serviceName(i)}
  application: ${application}
  runtimeExtension:
    parameterValues:
      - {name: change, string: "{{.Params.change}}"}
      - {name: seconds, string: "{{.Params.seconds}}"}
  parameters:
    - {name: change, string: {defaultValue: none}}
    - {name: seconds, string: {defaultValue: "0"}}
`;

const inFile = 150;
const times = (count, text) => Array.from({ length: count }, (_, i) => text(i));

/** Files of one application with its services, none with more documents than a file may have. `gates` answers the preconditions of a channel, as YAML, by its number. */
export function documents({ application, services, channels = 1, gates = () => '' }) {
  const app = `application:
  name: ${application}
  releaseChannels:
${times(channels, channel(gates)).join('')}`;
  const all = [linked, app, ...times(services, service(application))];
  const files = times(Math.ceil(all.length / inFile), (i) => all.slice(i * inFile, (i + 1) * inFile));
  return files.map((part, i) => ({ path: `${application}-${i}.pvn.yaml`, text: part.join('---\n') }));
}

/** Preconditions of a channel: somebody's approval, and that the channel before is stable where there is one. */
export const approvalGate = (i) => `      preconditions:
        - manualApproval: {}
${i === 0 ? '' : `        - releaseChannelStable: {releaseChannel: ${channelName(i - 1)}}\n`}`;
