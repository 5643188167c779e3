// Seals the engine's keys before they go to the database: AES-256-GCM with a key derived from ENGINE_KEY_SECRET.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export function createVault(secret) {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'medtourism-engine-keys', 32));
  return {
    /** Bound to its place, so that a value copied into another row does not open there. */
    seal(place, value) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
      const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return { v: 1, sealed: Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64') };
    },

    open(place, { sealed }) {
      const box = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, 12), { authTagLength: 16 }).setAAD(Buffer.from(place)).setAuthTag(box.subarray(12, 28));
      try {
        return JSON.parse(Buffer.concat([decipher.update(box.subarray(28)), decipher.final()]).toString('utf8'));
      } catch {
        throw new Error(`The engine's stored key ${place} does not open: is ENGINE_KEY_SECRET another one than it was sealed with?`);
      }
    },

    isSealed: (stored) => typeof stored === 'object' && stored?.v === 1 && typeof stored.sealed === 'string',
  };
}
