import { Modal, ModalBody, ModalHeader } from '@patternfly/react-core';
import { useEffect, useSyncExternalStore } from 'react';
import { signals, type SignInReason } from '../api/client';
import { useAboveOthers } from '../ui/above';
import { SignInForm } from './SignInForm';
import { startOver } from './tabs';

/** Asks to sign in again over the page, so that nothing that was typed is lost; somebody else gets a page of their own. */
export function SessionEnded() {
    const reason = useSyncExternalStore(signals.subscribe, () => signals.signIn);
    useEffect(() => {
        if (reason === 'other') {
            startOver();
        }
    }, [reason]);
    return reason === null || reason === 'other' ? null : <SignInAgain reason={reason} />;
}

function SignInAgain({ reason }: { reason: Exclude<SignInReason, 'other'> }) {
    const close = () => {
        if (reason === 'recent') {
            signals.set({ signIn: null });
        }
    };
    const within = useAboveOthers(close);
    return (
        <Modal
            isOpen
            variant="small"
            aria-labelledby="session-ended"
            aria-describedby="session-ended-text"
            {...(reason === 'recent' && { onClose: close })}
        >
            <ModalHeader
                title={reason === 'ended' ? 'Your session has ended' : 'Sign in again'}
                labelId="session-ended"
                description={
                    <span id="session-ended-text" ref={within}>
                        Sign in again to go on where you were; this page stays as it is.
                    </span>
                }
            />
            {/* While the ways to sign in are asked for, the dialog needs something that can hold the focus. */}
            <ModalBody tabIndex={0} role="region" aria-label="Ways to sign in">
                <SignInForm />
            </ModalBody>
        </Modal>
    );
}
