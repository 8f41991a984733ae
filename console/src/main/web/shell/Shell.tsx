import {
    Masthead,
    MastheadBrand,
    MastheadContent,
    MastheadLogo,
    MastheadMain,
    MastheadToggle,
    Nav,
    NavGroup,
    NavItem,
    Page,
    PageSection,
    PageSidebar,
    PageSidebarBody,
    PageToggleButton,
    SkipToContent,
} from '@patternfly/react-core';
import BarsIcon from '@patternfly/react-icons/dist/esm/icons/bars-icon';
import { useEffect, useState } from 'react';
import { Link, Route, Routes, useLocation } from 'react-router';
import { useSession } from '../session/session';
import { ErrorBoundary } from '../ui/ErrorBoundary';
import { keepFocus } from '../ui/focus';
import { Mark } from '../ui/Mark';
import { LeaveGuard } from '../ui/unsaved';
import { Connection } from './Connection';
import { GROUPS, PAGES, type PageEntry } from './pages';
import { ThemeToggle } from './ThemeToggle';
import { UserMenu } from './UserMenu';

const WIDE = '(min-width: 75rem)';

/** The frame around all pages of who is signed in. */
export function Shell() {
    const [open, setOpen] = useState(() => matchMedia(WIDE).matches);
    const { pathname } = useLocation();
    useEffect(keepFocus, []);
    useEffect(() => {
        if (!matchMedia(WIDE).matches) {
            setOpen(false);
        }
    }, [pathname]);
    const masthead = (
        <Masthead>
            <MastheadMain>
                <MastheadToggle>
                    <PageToggleButton
                        variant="plain"
                        aria-label="Navigation"
                        isSidebarOpen={open}
                        onSidebarToggle={() => setOpen(!open)}
                    >
                        <BarsIcon />
                    </PageToggleButton>
                </MastheadToggle>
                <MastheadBrand>
                    <MastheadLogo component={(props) => <Link {...props} to="/" aria-label="Gantry, overview" />}>
                        <Mark />
                        <span className="gantry-name">Gantry</span>
                    </MastheadLogo>
                </MastheadBrand>
            </MastheadMain>
            <MastheadContent>
                <div className="gantry-tools">
                    <ThemeToggle />
                    <UserMenu />
                </div>
            </MastheadContent>
        </Masthead>
    );
    const skip = <SkipToContent href="#content">Skip to content</SkipToContent>;
    return (
        <Page
            masthead={masthead}
            sidebar={<Sidebar open={open} />}
            skipToContent={skip}
            mainContainerId="content"
            mainTabIndex={-1}
            mainAriaLabel="Content"
        >
            <Connection />
            <LeaveGuard />
            <Content key={pathname.split('/')[1]} />
        </Page>
    );
}

function Sidebar({ open }: { open: boolean }) {
    const { may } = useSession();
    const { pathname } = useLocation();
    const active = (page: PageEntry) =>
        page.path === '/' ? pathname === '/' : pathname === page.path || pathname.startsWith(`${page.path}/`);
    return (
        <PageSidebar isSidebarOpen={open} id="navigation">
            <PageSidebarBody>
                <Nav aria-label="Main">
                    {GROUPS.map((group) => {
                        const pages = group.pages.filter((page) => page.needs === null || may(...page.needs));
                        return pages.length === 0 ? null : (
                            <NavGroup key={group.title} title={group.title}>
                                {pages.map((page) => (
                                    <NavItem key={page.path} itemId={page.path} isActive={active(page)}>
                                        <Link
                                            to={page.path}
                                            aria-current={active(page) ? 'page' : undefined}
                                            onPointerEnter={page.page.ahead}
                                            onFocus={page.page.ahead}
                                        >
                                            {page.title}
                                        </Link>
                                    </NavItem>
                                ))}
                            </NavGroup>
                        );
                    })}
                </Nav>
            </PageSidebarBody>
        </PageSidebar>
    );
}

function Content() {
    const { may } = useSession();
    const { key } = useLocation();
    return (
        <ErrorBoundary at={key}>
            <Routes>
                {PAGES.map(({ path, needs, page: { Page: Component } }) => (
                    <Route
                        key={path}
                        path={path}
                        element={needs === null || may(...needs) ? <Component /> : <Closed needs={needs} />}
                    />
                ))}
                <Route path="*" element={<Nowhere />} />
            </Routes>
        </ErrorBoundary>
    );
}

function Closed({ needs }: { needs: [string, string] }) {
    return (
        <Notice title="You may not see this page">
            It needs the permission <code>{needs.join(':')}</code>. Whoever administers your organization can give you a
            role that has it.
        </Notice>
    );
}

function Nowhere() {
    return (
        <Notice title="There is no such page">
            <Link to="/">Go to the overview</Link>
        </Notice>
    );
}

function Notice({ title, children }: { title: string; children: React.ReactNode }) {
    return (
        <PageSection>
            <h1 className="gantry-title">{title}</h1>
            <p>{children}</p>
        </PageSection>
    );
}
