import { encode } from 'uqr';

/** The light margin without which readers do not find the code. */
const MARGIN = 4;

/** A text as a QR code, drawn here. It is dark on light in every theme, since readers expect that. */
export default function QrCode({ text, label }: { text: string; label: string }) {
    const { data, size } = encode(text, { border: 0 });
    const dark = data
        .flatMap((row, y) => row.map((on, x) => (on ? `M${x + MARGIN} ${y + MARGIN}h1v1h-1z` : '')))
        .join('');
    const side = size + 2 * MARGIN;
    return (
        <svg
            className="gantry-qr"
            role="img"
            aria-label={label}
            viewBox={`0 0 ${side} ${side}`}
            shapeRendering="crispEdges"
        >
            <rect width={side} height={side} fill="#fff" />
            <path d={dark} fill="#000" />
        </svg>
    );
}
