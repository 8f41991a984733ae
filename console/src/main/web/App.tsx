import { Failure } from './ui/Failure';
import { Loading } from './ui/Panel';
import { SessionProvider, useOtherTabs, useSessionQuery } from './session/session';
import { SessionEnded } from './session/SessionEnded';
import { SignInPage } from './session/SignInPage';
import { Shell } from './shell/Shell';

/** The sign-in page, or for who is signed in the rest. */
export function App() {
    const query = useSessionQuery();
    useOtherTabs();
    if (query.isPending) {
        return <Loading what="the console" />;
    }
    if (query.data === undefined) {
        return (
            <main className="gantry-sign-in">
                <Failure error={query.error} retry={() => void query.refetch()} />
            </main>
        );
    }
    if (query.data === null) {
        return <SignInPage />;
    }
    return (
        <SessionProvider key={query.data.user.id} session={query.data}>
            <Shell />
            <SessionEnded />
        </SessionProvider>
    );
}
