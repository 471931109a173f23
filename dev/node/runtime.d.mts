export const root: string;
export function isRecentEnough(version?: string): boolean;
export function runtimePackage(): { readonly name: string; readonly version: string } | undefined;
export function runtimePath(): string | undefined;
