"""A ROS 2 node that drives an arm by a policy server: `vla-pruner serve` through openpi's client.

Not run in our tests, which have no ROS; the part that talks to the server is (`pnpm clients`, case openpi_libero).

    pip install openpi-client==0.1.2 typing_extensions "numpy<2"
    ros2 run YOUR_PACKAGE ros2_policy_node --ros-args -p host:=gpu-box -p prompt:="put the bowl on the plate"
"""

import threading

import numpy as np
import rclpy
from openpi_client.websocket_client_policy import WebsocketClientPolicy
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from sensor_msgs.msg import Image, JointState
from std_msgs.msg import Float64MultiArray
from std_srvs.srv import Trigger


class PolicyNode(Node):
    """Looks at the newest picture, asks for a chunk beside the executor's thread, sends an action a tick."""

    def __init__(self):
        super().__init__("vla_pruner_policy")
        given = {"host": "127.0.0.1", "port": 8000, "prompt": "", "hz": 10.0, "execute": 4}
        for name, value in given.items():
            self.declare_parameter(name, value)
        self._value = lambda name: self.get_parameter(name).value
        self._client = WebsocketClientPolicy(self._value("host"), self._value("port"))
        self._image = self._state = None
        self._actions = []
        self._reset = True
        self._asking = False
        self._lock = threading.Lock()
        self._commands = self.create_publisher(Float64MultiArray, "action", 1)
        self.create_subscription(Image, "image", self._see, 1)
        self.create_subscription(JointState, "joint_states", self._feel, 1)
        self.create_service(Trigger, "reset", self._forget)
        self.create_timer(1 / self._value("hz"), self._tick)

    def _see(self, message):
        if message.encoding not in ("rgb8", "bgr8"):
            self.get_logger().error(f"expected rgb8 or bgr8 pictures, found {message.encoding}", once=True)
            return
        rows = np.frombuffer(message.data, np.uint8).reshape(message.height, message.step)
        image = rows[:, : message.width * 3].reshape(message.height, message.width, 3)
        self._image = image if message.encoding == "rgb8" else image[:, :, ::-1]

    def _feel(self, message):
        self._state = np.asarray(message.position, dtype=np.float64)

    def _forget(self, _request, response):
        """Call it at the start of a task: openpi's client says nothing of episodes, and the server must know."""
        with self._lock:
            self._actions, self._reset = [], True
        response.success = True
        return response

    def _tick(self):
        with self._lock:
            action = self._actions.pop(0) if self._actions else None
            ask = not self._actions and not self._asking and self._image is not None and self._state is not None
            self._asking = self._asking or ask
        if action is not None:
            self._commands.publish(Float64MultiArray(data=action.tolist()))
        if ask:
            threading.Thread(target=self._ask, daemon=True).start()

    def _ask(self):
        with self._lock:
            reset, self._reset = self._reset, False
        observation = {
            "observation/image": np.ascontiguousarray(self._image),
            "observation/state": self._state,
            "prompt": self._value("prompt"),
            "reset": reset,
        }
        try:
            actions = self._client.infer(observation)["actions"][: self._value("execute")]
            with self._lock:
                # A task that began meanwhile has no use for them.
                self._actions = [] if self._reset else list(actions)
        except Exception as error:  # noqa: BLE001 - without an action the arm stands still
            self.get_logger().error(f"no action: {error}")
            with self._lock:
                self._reset = self._reset or reset
        finally:
            self._asking = False


def main():
    rclpy.init()
    node = PolicyNode()
    try:
        rclpy.spin(node)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        node.destroy_node()
        rclpy.try_shutdown()


if __name__ == "__main__":
    main()
