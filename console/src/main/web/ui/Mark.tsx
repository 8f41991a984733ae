/** The product's mark. */
export function Mark() {
    return (
        <svg className="gantry-mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
            <rect width="32" height="32" rx="7" fill="#0b5fcc" />
            <path
                d="M5 11h22M9 11v14M23 11v14M9 25h-3M23 25h3M16 11v7"
                fill="none"
                stroke="#fff"
                strokeWidth="2.6"
                strokeLinecap="round"
            />
            <rect x="12.5" y="18" width="7" height="5" rx="1" fill="#fff" />
        </svg>
    );
}
