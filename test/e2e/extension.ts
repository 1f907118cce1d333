/** A linked cluster, and a runtime extension on it whose program runs the parameter `script`. */
export const linkedExtension = (of: {
  cluster: string;
  name: string;
  kubeconfig: string;
  image: string;
  /** An existing namespace to run in. */
  namespace?: string | undefined;
}): string => `runtime:
  name: ${of.cluster}
  kubernetes: {kubeconfig: ${of.kubeconfig}}
---
runtime:
  name: ${of.name}
  extension:
    proxyRuntime:
      runtime: ${of.cluster}${of.namespace === undefined ? '' : `\n      containerOrchestration: {k8s: {namespace: ${of.namespace}}}`}
    apply:
      taskConfig:
        program:
          image: ${of.image}
          entrypoint: [sh, -c]
          cmd: ["{{.Params.script}}"]
    parameters:
      - {name: script, required: true, string: {}}
---
`;
