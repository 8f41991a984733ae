import { Alert, AlertActionLink } from '@patternfly/react-core';
import { useState } from 'react';
import { drop, keep, kept } from '../session/kept';
import { useSession } from '../session/session';

/** Something long that is being written, and what became of it. */
export interface Draft<T> {
    value: T;
    /** Whether it was begun before the dialog opened. */
    isKept: boolean;
    set: (value: T) => void;
    /** It is saved, or not wanted. */
    drop: () => void;
    /** Begins anew. */
    reset: () => void;
}

/** What is written in a dialog, which is there again when the tab was left in between, as to sign in elsewhere. */
export function useKeptDraft<T>(about: string, fresh: T): Draft<T> {
    const user = useSession().session.user.id;
    const place = `gantry.draft.${about}`;
    const [before] = useState(() => kept<T | null>(user, place, null));
    const [value, setValue] = useState<T>(before ?? fresh);
    const [isKept, setKept] = useState(before !== null);
    return {
        value,
        isKept,
        set: (next) => {
            keep(user, place, next);
            setValue(next);
        },
        drop: () => drop(user, place),
        reset: () => {
            drop(user, place);
            setValue(fresh);
            setKept(false);
        },
    };
}

/** Says that something is there from before. */
export function KeptNotice({ draft }: { draft: Pick<Draft<unknown>, 'isKept' | 'reset'> }) {
    return draft.isKept ? (
        <Alert
            component="p"
            isInline
            variant="info"
            title="What you wrote before and did not save is here again"
            actionLinks={<AlertActionLink onClick={draft.reset}>Begin anew</AlertActionLink>}
        />
    ) : null;
}
