// TCP and UDP echo and a TCP quote in Go: a goroutine for each connection.
//
//	go_echo ECHO_PORT QUOTE_PORT
package main

import (
	"log"
	"net"
	"os"
)

const quote = "The wren earns his living, noiselessly. (Chinese proverb)\r\n"

func echo(conn net.Conn) {
	defer conn.Close()
	buffer := make([]byte, 64*1024)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		if _, err := conn.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func tell(conn net.Conn) {
	conn.Write([]byte(quote))
	conn.Close()
}

func accept(address string, serve func(net.Conn)) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(conn)
	}
}

func echoDatagrams(address string) {
	at, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		log.Fatal(err)
	}
	socket, err := net.ListenUDP("udp", at)
	if err != nil {
		log.Fatal(err)
	}
	buffer := make([]byte, 64*1024)
	for {
		n, from, err := socket.ReadFromUDPAddrPort(buffer)
		if err == nil {
			socket.WriteToUDPAddrPort(buffer[:n], from)
		}
	}
}

func main() {
	if len(os.Args) < 3 {
		log.Fatal("usage: go_echo ECHO_PORT QUOTE_PORT")
	}
	echoAt, quoteAt := "127.0.0.1:"+os.Args[1], "127.0.0.1:"+os.Args[2]
	go echoDatagrams(echoAt)
	go accept(quoteAt, tell)
	accept(echoAt, echo)
}
