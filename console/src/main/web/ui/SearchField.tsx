import { TextInput } from '@patternfly/react-core';
import { useEffect, useRef, useState } from 'react';
import { TYPING_MS } from './settled';

/** What the server reads at most. */
const WORDS_MAX = 128;

/** Searches while one types, a moment after each pause. */
export function SearchField({
    label,
    placeholder,
    words,
    onSearch,
}: {
    label: string;
    placeholder: string;
    /** What is searched for, as the address has it. */
    words: string;
    onSearch: (words: string) => void;
}) {
    const [here] = useState(() => window.location.pathname);
    const [text, setText] = useState(words);
    /** What the address had last, by typing here or by a link. */
    const last = useRef(words);
    useEffect(() => {
        if (words !== last.current) {
            last.current = words;
            setText(words);
        }
    }, [words]);
    useEffect(() => {
        const timer = setTimeout(() => {
            // What was opened meanwhile may still be loading behind this page; it must not be left again.
            if (text !== last.current && window.location.pathname === here) {
                last.current = text;
                onSearch(text);
            }
        }, TYPING_MS);
        return () => clearTimeout(timer);
    }, [text, onSearch, here]);
    return (
        <div className="gantry-wide">
            <TextInput
                type="search"
                aria-label={label}
                placeholder={placeholder}
                maxLength={WORDS_MAX}
                value={text}
                onChange={(_event, value) => setText(value)}
            />
        </div>
    );
}
