import type { FailureCode } from './failures.js';

/** Codes of configuration errors, with what each means (docs/spec.md §1.5). All are errors of the person who wrote the files. */
export const configCodes = {
  FILE_UNREADABLE:
    'A file or folder that was named does not exist, cannot be read, is too large, or has the wrong ending.',
  YAML_SYNTAX: 'A file is not YAML 1.2 of the core schema.',
  DUPLICATE_KEY: 'A map has a key twice, or both spellings of one field.',
  DUPLICATE_DOCUMENT: 'Two documents have the same kind and name.',
  UNKNOWN_KEY: 'A field or a kind of document does not exist.',
  WRONG_TYPE: 'A field has a value of another type than it takes; a bare number where text belongs has to be quoted.',
  MISSING_FIELD: 'A field that is required is not there.',
  ONE_OF: 'Of a group of fields exactly one has to be given, and none or several are.',
  BAD_NAME: 'A name does not follow its pattern, or is there twice.',
  BAD_VALUE: 'A value breaks the rule of its field.',
  RESERVED_NAME: 'A name belongs to Towpath: variables that begin with PVN_ or TOWPATH_.',
  NOT_SUPPORTED: 'A field is known and does not act here; the hint says what to do instead.',
  UNKNOWN_REFERENCE: 'A document names another one that neither the files nor the store have.',
  CYCLE: 'Release channels, or convergence extensions, wait for each other in a circle.',
  RUNTIME_KIND_MISMATCH: 'A linked cluster stands where a runtime extension belongs, or the other way round.',
  CONNECTION_MISMATCH: 'A runtime connection is not there in every channel, or several fit and none is named.',
  NAMESPACE_TOO_LONG: 'The automatic namespace would be longer than 63 characters.',
  PATH_ESCAPE: 'A path leads out of the folder of its file.',
  MANIFEST_KINDS: 'A manifest does not hold exactly one Job.',
  MANIFEST_FIELD: 'A manifest has a field that Towpath owns, or that a run of one pod cannot have.',
  PARAMETER_MISSING: 'A required parameter has no value in a channel.',
  PARAMETER_INVALID: 'A value does not fit the definition of its parameter.',
  PARAMETER_UNKNOWN: 'A value is given for a parameter that is not defined.',
  TEMPLATE_NOT_ALLOWED: 'A field that takes no template holds {{.',
  TEMPLATE_SYNTAX: 'A template is not well formed.',
  TEMPLATE_UNSUPPORTED: "A template uses a construct of Go's language that Towpath does not have.",
  TEMPLATE_UNKNOWN_NAME: 'A template uses a name that is not defined there.',
  TEMPLATE_EXEC: 'A template cannot be rendered: a function was given what it cannot take, or a limit was reached.',
  SECRET_EXPOSED: 'A secret would become readable in a command, a text or a manifest.',
} as const;
export type ConfigCode = keyof typeof configCodes;

/** Codes of what is said about a configuration that is right (docs/spec.md §1.7). */
export const remarkCodes = {
  NO_EFFECT: 'A field is accepted and does nothing.',
} as const;
export type RemarkCode = keyof typeof remarkCodes;

/** Codes that explain the status of a channel: gates and turns (docs/spec.md §9.3). */
export const reasonCodes = {
  APPLY_FAILED: 'The program of apply ended with an exit code other than 0.',
  MANUAL_APPROVAL_PENDING: 'A gate waits for an approval.',
  MANUAL_APPROVAL_REJECTED: 'An approval was refused; that is final for this release in this channel.',
  RELEASE_CHANNEL_DEPENDENCY_UNMET: 'A channel that this one waits for is not stable at this version yet.',
  QUEUED_BEHIND: 'Another release is mid-apply in the channel.',
  CONCURRENCY_LIMIT_EXCEEDED: 'As many apply Jobs of the runtime are there as its maxConcurrency allows.',
  RETRYING: 'A run ended in a way that is tried again; the next one begins after a pause.',
  SUPERSEDED: 'A newer release has entered the channel and taken the place of this one.',
  CANCELLED_BY_USER: 'The release was cancelled.',
  CANCELLING: 'A cancel is under way: its Job is being ended, and nothing new starts.',
  WORKFLOW_GONE:
    'The workflow of the release was terminated, its data is lost, or a restored database has forgotten its end; what it had begun was ended.',
  UPSTREAM_ENDED: 'A channel that this one waits for ended without becoming stable.',
} as const;
export type ReasonCode = keyof typeof reasonCodes;

/** Codes of refused requests and of the installation itself (docs/spec.md §9.3). */
export const requestCodes = {
  KEY_REUSED: 'A key or a request id was used before with other content.',
  PLAN_TOO_LARGE: 'A plan is larger than 1 MiB, or one of its Jobs than 64 KiB.',
  NOT_ACTIVE_YET: 'A field or an option is planned, and does not act in this version.',
  UNAUTHENTICATED: 'The request has no valid token.',
  NOT_ALLOWED: 'Whoever asks may not do that, or the installation is in a state that excludes it.',
  NOT_FOUND: 'What was named does not exist.',
  BAD_REQUEST: 'The request is not well formed.',
  WRONG_METHOD: 'The path is known, and is not asked with that method.',
  BODY_TOO_LARGE: 'The body of the request is larger than 16 MiB.',
  WRONG_CONTENT_TYPE: 'The body of the request is not application/json.',
  UNKNOWN_GATE: 'A decision names a channel or gate that the release does not have.',
  ALREADY_DECIDED: 'The gate was decided before, or the channel has ended.',
  CONFIG_INVALID: 'The configuration has errors; each has a code and a place of its own.',
  SETTINGS_INVALID: 'The settings of the installation are not valid.',
  NOT_RUNNING: 'The server, or a part that it needs, does not answer.',
  PART_FAILED: 'A part of the embedded installation could not be started.',
  PART_MISSING: 'A program that a part needs is not installed.',
  PORT_TAKEN: 'Another program listens on a port that a part wants.',
  JOBS_RUNNING: 'Jobs run that would be disrupted.',
  INTERNAL: 'A bug. The log of the part says more.',
} as const;
export type RequestCode = keyof typeof requestCodes;

/** Every code a person or a program can meet. */
export type ErrorCode = ConfigCode | RemarkCode | ReasonCode | RequestCode | FailureCode;
