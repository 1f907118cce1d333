import { connect, type ClientHttp2Session } from 'node:http2';

/** `HealthCheckRequest {service}` with gRPC's five-byte frame before it. */
export function healthRequest(service: string): Buffer {
  const name = Buffer.from(service);
  const message = Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(message.length, 1);
  return Buffer.concat([frame, message]);
}

/** `HealthCheckResponse {status: SERVING}`: field 1 is 1. */
export const isServing = (answer: Buffer): boolean => answer.length >= 7 && answer[5] === 0x08 && answer[6] === 0x01;

/** Asks a gRPC server for its health in the standard way; false when it does not answer or does not serve. */
export function grpcServes(address: string, service: string, timeoutMs = 2000): Promise<boolean> {
  return new Promise((resolve) => {
    const session: ClientHttp2Session = connect(`http://${address}`);
    const timer = setTimeout(() => answer(false), timeoutMs);
    const answer = (serves: boolean): void => {
      clearTimeout(timer);
      session.destroy();
      resolve(serves);
    };
    session.once('error', () => answer(false));
    const request = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('error', () => answer(false));
    request.once('end', () => answer(isServing(Buffer.concat(chunks))));
    request.end(healthRequest(service));
  });
}
