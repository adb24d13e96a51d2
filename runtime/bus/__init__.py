"""Messages between processes: one interface, a WebSocket transport and an AMQP transport.

`interface` says what a bus promises; `websocket_server` (control) and `websocket_client` (agent) keep that promise
without a broker, `amqp` with RabbitMQ. No truth lives here: whoever receives also reconciles from the database.
"""
