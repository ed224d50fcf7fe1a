package io.sluice.launcher.embedded;

import de.bwaldvogel.mongo.wire.MongoDatabaseHandler;
import de.bwaldvogel.mongo.wire.MongoExceptionHandler;
import de.bwaldvogel.mongo.wire.MongoWireMessageEncoder;
import de.bwaldvogel.mongo.wire.MongoWireProtocolHandler;
import de.bwaldvogel.mongo.wire.MongoWireReplyEncoder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.h2.mvstore.MVStore;

/**
 * A MongoDB look-alike in this JVM, kept in one file, reached through a loopback port with a password.
 *
 * <p>One thread runs all commands, one after the other. That makes each of them whole, for other commands and for the
 * file alike, and it is why no reply can show half a change.
 */
public final class EmbeddedDatabase implements AutoCloseable {

    /**
     * For how long the file keeps what has been replaced, in milliseconds. Much longer than a version needs to be forced to
     * the disk; users of the library report files broken with 0.
     */
    private static final int RETENTION_MILLIS = 5000;

    private final MVStore store;
    private final EventLoopGroup threads;
    private final GroupCommit commit;
    private final EmbeddedBackend backend;
    private final ChannelGroup clients;
    private final Channel server;
    private final String uri;

    private EmbeddedDatabase(MVStore store, Consumer<String> onOutgrown, Consumer<Throwable> onFailure) {
        this.store = store;
        this.threads = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("embedded-database", true), NioIoHandler.newFactory());
        EventLoop loop = (EventLoop) threads.next();
        Credentials credentials = Credentials.random();
        this.commit = new GroupCommit(store, loop, onFailure);
        this.backend = new EmbeddedBackend(store, credentials, new Growth(onOutgrown));
        this.clients = new DefaultChannelGroup(loop);
        this.server = listen();
        this.uri = credentials.uri(((InetSocketAddress) server.localAddress()).getPort());
        loop.execute(commit::keepTidy);
    }

    /**
     * Opens the database in a folder, which is made when it is missing.
     *
     * @param onOutgrown is told, once, the name of the first collection with more than 10,000 documents
     * @param onFailure is told why nothing can be written any more, for instance because the disk is full
     */
    public static EmbeddedDatabase open(Path folder, Consumer<String> onOutgrown, Consumer<Throwable> onFailure)
            throws IOException {
        Files.createDirectories(folder);
        MVStore store = new MVStore.Builder()
                .fileName(folder.resolve("sluice.mv").toAbsolutePath().toString())
                // Only GroupCommit stores; the library's own schedule might do so in the middle of a command.
                .autoCommitDisabled()
                .autoCommitBufferSize(0)
                .open();
        store.setRetentionTime(RETENTION_MILLIS);
        return new EmbeddedDatabase(store, onOutgrown, onFailure);
    }

    private Channel listen() {
        return new ServerBootstrap()
                .group(threads)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline()
                                .addLast(new AcknowledgeWhenDurable(commit))
                                .addLast(new MongoWireReplyEncoder())
                                .addLast(new MongoWireMessageEncoder())
                                .addLast(new MongoWireProtocolHandler())
                                .addLast(new MongoDatabaseHandler(backend, clients))
                                .addLast(new MongoExceptionHandler());
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    /** The connection string, password included. */
    public String uri() {
        return uri;
    }

    /** Stops answering, then writes what is left and closes the file. */
    @Override
    public void close() {
        server.close().syncUninterruptibly();
        clients.close().syncUninterruptibly();
        commit.stop();
        threads.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        // Without a time for compaction: that would move parts of the file about, now and then into an assertion of the
        // library, and a kill in the midst of it is one more thing that can go wrong. GroupCommit tidies all the time.
        store.close();
    }
}
