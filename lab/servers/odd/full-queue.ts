import { boundSocket, connectedSocket } from '../../kernel/socket.ts';

/**
 * A listener that never accepts, its queue filled by connections of its own: Linux then drops every further SYN (tcp_conn_request), which a client
 * cannot tell from a filter, except by the server's other ports. Must run inside the place's namespace.
 */
export function serveFullQueue(address: string, port: number): void {
  boundSocket('tcp', address, port, 0);
  for (let index = 0; index < 3; index += 1) connectedSocket(address, port);
}
