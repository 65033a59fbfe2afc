/** Who holds an agent: a hub, by one registration. */
export interface Owner {
  readonly hub_id: string;
  readonly nonce: string;
}

/** A registration's nonce begins with its hub, so that whoever knows the one finds the other in the same record. */
export function newNonce(hubId: string, random: string): string {
  return `${hubId}.${random}`;
}

export function ownerOf(nonce: string): Owner {
  return { hub_id: nonce.slice(0, Math.max(0, nonce.lastIndexOf("."))), nonce };
}
