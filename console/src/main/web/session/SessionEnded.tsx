import { Modal, ModalBody, ModalHeader } from '@patternfly/react-core';
import { useSyncExternalStore } from 'react';
import { signals } from '../api/client';
import { SignInForm } from './SignInForm';

/** Asks to sign in again over the page, so that nothing that was typed is lost. */
export function SessionEnded() {
    const reason = useSyncExternalStore(signals.subscribe, () => signals.signIn);
    if (reason === null) {
        return null;
    }
    return (
        <Modal
            isOpen
            variant="small"
            aria-labelledby="session-ended"
            aria-describedby="session-ended-text"
            {...(reason === 'recent' && { onClose: () => signals.set({ signIn: null }) })}
        >
            <ModalHeader
                title={reason === 'ended' ? 'Your session has ended' : 'Sign in again'}
                labelId="session-ended"
                description={
                    <span id="session-ended-text">Sign in again to go on where you were; this page stays as it is.</span>
                }
            />
            <ModalBody>
                <SignInForm />
            </ModalBody>
        </Modal>
    );
}
