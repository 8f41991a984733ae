import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useEffect, useRef } from 'react';
import { useBlocker, type Location } from 'react-router';
import { useAboveOthers } from './above';

/** What is typed somewhere and not saved, each with what forgets it where it is also kept elsewhere. */
const unsaved = new Map<symbol, () => void>();

/** The browser asks in words of its own. */
function warn(event: BeforeUnloadEvent): void {
    event.preventDefault();
}

/** Whether leaving the page would lose something. */
export function isUnsaved(): boolean {
    return unsaved.size > 0;
}

/** Lets nobody ask about what is not saved any more. */
export function abandon(): void {
    unsaved.clear();
    removeEventListener('beforeunload', warn);
}

/**
 * Has everybody asked who would leave while something is not saved.
 *
 * @param forget forgets what is kept of it beyond the page, when they want it no more
 */
export function useUnsaved(isTyped: boolean, forget?: () => void): void {
    const latest = useRef(forget);
    useEffect(() => {
        latest.current = forget;
    });
    useEffect(() => {
        if (!isTyped) {
            return undefined;
        }
        const mark = Symbol('unsaved');
        unsaved.set(mark, () => latest.current?.());
        addEventListener('beforeunload', warn);
        return () => {
            unsaved.delete(mark);
            if (unsaved.size === 0) {
                removeEventListener('beforeunload', warn);
            }
        };
    }, [isTyped]);
}

/** What is shown at an address; other parameters only choose what is listed. */
function shown({ pathname, search }: Location): string {
    return `${pathname} ${new URLSearchParams(search).get('tab') ?? ''}`;
}

/** Asks before another page takes the place of one with something that is not saved. */
export function LeaveGuard() {
    const blocker = useBlocker(
        ({ currentLocation, nextLocation, historyAction }) =>
            isUnsaved() && (historyAction === 'POP' || shown(currentLocation) !== shown(nextLocation)),
    );
    if (blocker.state !== 'blocked') {
        return null;
    }
    const leave = () => {
        unsaved.forEach((forget) => forget());
        blocker.proceed();
    };
    return <UnsavedQuestion onLeave={leave} onStay={() => blocker.reset()} />;
}

/** Asks whether what is typed may be lost; lies above other dialogs. */
export function UnsavedQuestion({ onLeave, onStay }: { onLeave: () => void; onStay: () => void }) {
    const within = useAboveOthers(onStay);
    return (
        <Modal
            isOpen
            role="alertdialog"
            variant="small"
            onClose={onStay}
            aria-labelledby="unsaved-title"
            aria-describedby="unsaved-text"
        >
            <ModalHeader title="Throw away what you typed?" titleIconVariant="warning" labelId="unsaved-title" />
            <ModalBody>
                <span id="unsaved-text" ref={within}>
                    It is not saved.
                </span>
            </ModalBody>
            <ModalFooter>
                <Button onClick={onStay}>Go on with it</Button>
                <Button variant="link" isDanger onClick={onLeave}>
                    Throw it away
                </Button>
            </ModalFooter>
        </Modal>
    );
}
