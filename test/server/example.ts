/** The basic example, with everything it refers to. */
export const example = {
  'ops.pvn.yaml': `runtime:
  name: my-kubernetes-runtime
  kubernetes: {context: towpath}
---
containerRegistry:
  name: my-registry-name
  url: https://registry.example
  public: true
`,
  'runtime.pvn.yaml': `runtime:
  name: my-custom-runtime
  extension:
    proxyRuntime:
      runtime: my-kubernetes-runtime
    apply:
      taskConfig:
        program:
          cmd:
            - apply-changes
            - --my-change-id={{.Params.changeId}}
          imageTag: my-tag
          imageRegistryInfo:
            containerRegistry: my-registry-name
            imageRepository: my-repository
    parameters:
      - name: changeId
        string:
          defaultValue: default-id
`,
  'application.pvn.yaml': `application:
  name: my-app
  releaseChannels:
    - name: staging
      runtimes:
        - runtime: my-custom-runtime
          type: EXTENSION
    - name: production
      runtimes:
        - runtime: my-custom-runtime
          type: EXTENSION
      preconditions:
        - releaseChannelStable:
            releaseChannel: staging
        - manualApproval: {}
`,
  'service.pvn.yaml': `service:
  name: my-service
  application: my-app
  runtimeExtension:
    parameterValues:
      - name: changeId
        string: "{{.Params.changeId}}"
  parameters:
    - name: changeId
      string:
        defaultValue: my-default-change-id
`,
} as const;

/** Files as the API takes them. */
export const body = (files: Record<string, string>) => ({
  files: Object.entries(files).map(([path, text]) => ({ path, text })),
  attachments: [],
});
