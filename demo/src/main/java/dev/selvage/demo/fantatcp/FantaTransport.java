package dev.selvage.demo.fantatcp;

import dev.selvage.pool.routing.Transport;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/** The client's end of a connection: all that a routing pool has to be told of FantaTCP. */
final class FantaTransport implements Transport<String, String> {

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final Runnable onSend;

    FantaTransport(Socket socket, Runnable onSend) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        this.out = socket.getOutputStream();
        this.onSend = onSend;
    }

    @Override
    public void send(long id, String request) throws IOException {
        new Frame(id, request).writeTo(out);
        onSend.run();
    }

    @Override
    public Response<String> receive() throws IOException {
        Frame frame = Frame.readFrom(in);
        return new Response<>(frame.id(), frame.text());
    }

    @Override
    public void close() throws IOException {
        socket.close(); // and whoever is blocked in send or receive fails
    }
}
