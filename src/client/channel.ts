import {
  Channel,
  connectivityState,
  type ChannelCredentials,
  type ChannelOptions,
  type ChannelInterface,
} from '@grpc/grpc-js';

/** A connection to a Temporal that is well stands within a second, also far away. */
const connectingMs = 5000;

/** The state of one channel is not seen by the next. */
const ownConnections = { 'grpc.use_local_subchannel_pool': 1 };

/**
 * A channel that does not wait for ever for a connection on which nothing is said: gRPC has no time limit between the moment
 * in which TCP stands and the first frame of the other side, so that a connection made while a load balancer or a network
 * loses everything is never given up. Such a channel is left for a new one at the next call.
 */
export class PatientChannel implements ChannelInterface {
  private readonly open: () => Channel;
  private channel: Channel;
  private connectingSince: number | undefined;
  private closed = false;

  constructor(target: string, credentials: ChannelCredentials, options: ChannelOptions) {
    this.open = () => new Channel(target, credentials, { ...options, ...ownConnections });
    this.channel = this.open();
  }

  private current(): Channel {
    if (this.closed || this.channel.getConnectivityState(false) !== connectivityState.CONNECTING) {
      this.connectingSince = undefined;
      return this.channel;
    }
    this.connectingSince ??= performance.now();
    if (performance.now() - this.connectingSince < connectingMs) return this.channel;
    this.connectingSince = undefined;
    this.channel.close();
    this.channel = this.open();
    return this.channel;
  }

  close(): void {
    this.closed = true;
    this.channel.close();
  }

  getTarget(): string {
    return this.channel.getTarget();
  }

  getConnectivityState(tryToConnect: boolean): connectivityState {
    return this.current().getConnectivityState(tryToConnect);
  }

  watchConnectivityState(...asked: Parameters<ChannelInterface['watchConnectivityState']>): void {
    this.channel.watchConnectivityState(...asked);
  }

  getChannelzRef(): ReturnType<ChannelInterface['getChannelzRef']> {
    return this.channel.getChannelzRef();
  }

  createCall(...asked: Parameters<ChannelInterface['createCall']>): ReturnType<ChannelInterface['createCall']> {
    return this.current().createCall(...asked);
  }
}
