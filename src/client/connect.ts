import type { ClientOptions } from '@grpc/grpc-js';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { Client, Connection } from '@temporalio/client';
import { PatientChannel } from './channel.js';

/** Where Temporal is: our settings first, then the SDK's own environment and file (`TEMPORAL_*`), then the local default. */
export interface TemporalAddress {
  address?: string | undefined;
  namespace: string;
  /** Nothing of the environment applies: for the server that `towpath up` started itself. */
  plain: boolean;
}

/** Options for a connection of client or worker. Credentials come from the SDK's environment configuration alone. */
export function connectionOptions({ address, plain }: TemporalAddress): { address: string } {
  if (plain) return { address: address ?? localAddress };
  const { connectionOptions: given } = loadClientConnectConfig();
  return { ...given, address: address ?? given.address ?? localAddress };
}

const localAddress = '127.0.0.1:7233';

const channelFactoryOverride: ClientOptions['channelFactoryOverride'] = (target, credentials, options) =>
  new PatientChannel(target, credentials, options);

/** A client that connects at its first call, and again when the connection was lost. */
export function openClient(temporal: TemporalAddress): { client: Client; connection: Connection } {
  const channelArgs = { channelFactoryOverride };
  const connection = Connection.lazy({ ...connectionOptions(temporal), connectTimeout: '5s', channelArgs });
  return { client: new Client({ connection, namespace: temporal.namespace }), connection };
}
