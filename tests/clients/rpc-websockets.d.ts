// What we use of rpc-websockets: its package names no types for a module's import.

declare module "rpc-websockets" {
  export class Client {
    /** Options it does not know are passed on to the socket. */
    constructor(
      address: string,
      options: { readonly reconnect: boolean; readonly headers: Readonly<Record<string, string>> },
    );
    call(method: string, params?: object): Promise<unknown>;
    on(event: string, listener: (value: unknown) => void): void;
    once(event: string, listener: (value: unknown) => void): void;
    close(): void;
  }
}
