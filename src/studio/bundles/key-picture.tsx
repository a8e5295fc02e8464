import styles from './keys.module.css';

const SIZE = 5;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The cells of a thumbprint's picture, mirrored left to right as faces are: that is how they are told apart. */
function cellsOf(keyid: string): readonly { readonly x: number; readonly y: number }[] {
  const half = Math.ceil(SIZE / 2);
  return Array.from({ length: half * SIZE }, (_, index) => index)
    .filter((index) => (ALPHABET.indexOf(keyid.charAt(index)) & 1) === 1)
    .flatMap((index) => {
      const [x, y] = [index % half, Math.floor(index / half)];
      const mirrored = SIZE - 1 - x;
      return x === mirrored
        ? [{ x, y }]
        : [
            { x, y },
            { x: mirrored, y },
          ];
    });
}

/** A small picture of a key's fingerprint. It helps to tell keys apart; only the text says which one it is. */
export function KeyPicture({ keyid }: { readonly keyid: string }) {
  return (
    <svg
      className={styles['picture']}
      viewBox="-1 -1 7 7"
      width="30"
      height="30"
      aria-hidden="true"
    >
      {cellsOf(keyid).map(({ x, y }) => (
        <rect key={`${x} ${y}`} x={x} y={y} width="1" height="1" />
      ))}
    </svg>
  );
}
