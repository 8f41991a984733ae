package dev.gantry.jobs;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Gives db-scheduler the connection of the transaction under way, where there is one, so that its statements are part of it;
 * else one of the pool, whose statements commit by themselves. Thread-safe.
 */
final class TransactionDataSource implements DataSource {
    private static final ScopedValue<Connection> CURRENT = ScopedValue.newInstance();

    private final DataSource pool;

    TransactionDataSource(DataSource pool) {
        this.pool = pool;
    }

    /** Lets what is called take part in the transaction of a connection. */
    static <T, X extends Throwable> T within(Connection connection, ScopedValue.CallableOp<T, X> work) throws X {
        return ScopedValue.where(CURRENT, connection).call(work);
    }

    @Override
    public Connection getConnection() throws SQLException {
        return CURRENT.isBound() ? lent(CURRENT.get()) : pool.getConnection();
    }

    /** A connection that its borrower can neither close nor commit: it looks as if every statement had done that itself. */
    private static Connection lent(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (_, method, arguments) -> switch (method.getName()) {
                    case "close", "commit", "rollback", "setAutoCommit" -> null;
                    case "getAutoCommit" -> true;
                    default -> call(connection, method, arguments);
                });
    }

    private static Object call(Connection connection, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getTargetException();
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("The pool has one user");
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return pool.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter writer) throws SQLException {
        pool.setLogWriter(writer);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        pool.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return pool.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return pool.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return pool.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return pool.isWrapperFor(type);
    }
}
