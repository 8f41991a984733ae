import { PageSection } from '@patternfly/react-core';
import { useEffect, useState, useSyncExternalStore, type ComponentType } from 'react';
import { send, signals, Unreachable } from '../api/client';
import { Failure } from '../ui/Failure';
import { Loading } from '../ui/Panel';

/** A page whose code comes when it is needed. */
export interface LaterPage {
    /** Begins to fetch the code, so that it is there when the page is shown; that it fails is told when it is shown. */
    ahead: () => void;
    Page: ComponentType;
}

/** The code is missing as well when no server answers, and comes when one does. */
async function reasonOf(failure: Error): Promise<Error> {
    try {
        await send('GET', '/health');
        return failure;
    } catch (other) {
        return other instanceof Unreachable ? other : failure;
    }
}

/**
 * Leaves the code of a page out of what is loaded first. What is there is shown at once: React's own `lazy` holds it back for
 * a third of a second whenever it had to say that it loads.
 */
export function later(load: () => Promise<{ default: ComponentType }>): LaterPage {
    let loaded: ComponentType | null = null;
    let loading: Promise<void> | null = null;
    const fetched = () => {
        loading ??= load().then(
            (module) => {
                loaded = module.default;
            },
            (failure) => {
                // Whoever asks again may have better luck.
                loading = null;
                throw failure;
            },
        );
        return loading;
    };
    function Page() {
        const [Component, setComponent] = useState(() => loaded);
        const [failure, setFailure] = useState<Error | null>(null);
        const reachable = useSyncExternalStore(signals.subscribe, () => signals.reachable);
        useEffect(() => {
            let isShown = true;
            const fail = async (reason: Error) => {
                const told = await reasonOf(reason);
                if (isShown) {
                    setFailure(told);
                }
            };
            setFailure(null);
            fetched().then(() => isShown && setComponent(() => loaded), fail);
            return () => {
                isShown = false;
            };
        }, [reachable]);
        if (Component !== null) {
            return <Component />;
        }
        if (failure !== null && !(failure instanceof Unreachable)) {
            throw failure;
        }
        return (
            <PageSection>{failure === null ? <Loading what="the page" /> : <Failure error={failure} />}</PageSection>
        );
    }
    return { ahead: () => void fetched().catch(() => undefined), Page };
}
