"""Every client of the field, as its package has it, against a server of ours.

    python robots.py PORT STEPS.json CASE...

STEPS.json: a list of episodes, each a list of steps {"main", "left", "right": PNG files, "state": numbers},
and "instruction". Prints a JSON line a case: {"case", "actions": [episode][step] -> what came over the wire}.
Episodes end as each client ends them: by its own frames, by a new connection, or by another instruction.
"""

import json
import sys

import numpy as np
from PIL import Image

PORT = int(sys.argv[1])
with open(sys.argv[2]) as file:
    GIVEN = json.load(file)
HOST = "127.0.0.1"


def picture(path):
    return np.asarray(Image.open(path).convert("RGB"), dtype=np.uint8)


EPISODES = [
    [
        {**{name: picture(step[name]) for name in ("main", "left", "right")}, "state": np.asarray(step["state"], np.float64)}
        for step in episode["steps"]
    ]
    for episode in GIVEN["episodes"]
]
WORDS = [episode["instruction"] for episode in GIVEN["episodes"]]


def openpi(**options):
    from openpi_client.websocket_client_policy import WebsocketClientPolicy

    return WebsocketClientPolicy(HOST, PORT, **options)


def with_openpi(observe):
    """An episode a connection."""
    got = []
    for words, steps in zip(WORDS, EPISODES):
        client = openpi()
        got.append([client.infer({**observe(step), "prompt": words})["actions"] for step in steps])
        client._ws.close()
    return got


def openpi_libero():
    return with_openpi(
        lambda s: {"observation/image": s["main"], "observation/wrist_image": s["left"], "observation/state": s["state"]}
    )


def openpi_droid():
    return with_openpi(
        lambda s: {
            "observation/exterior_image_1_left": s["main"],
            "observation/wrist_image_left": s["left"],
            "observation/joint_position": s["state"][:7],
            "observation/gripper_position": s["state"][7:],
        }
    )


def openpi_aloha():
    """Channels first."""
    names = {"cam_high": "main", "cam_left_wrist": "left", "cam_right_wrist": "right"}
    return with_openpi(
        lambda s: {"state": s["state"], "images": {name: np.transpose(s[key], (2, 0, 1)) for name, key in names.items()}}
    )


def openpi_errors():
    """An error is a RuntimeError, and the connection goes on with its memory."""
    client = openpi()
    got = []
    for words, steps in zip(WORDS, EPISODES):
        rows = []
        for step in steps:
            try:
                client.infer({"observation/image": np.zeros((4, 4), np.uint8), "prompt": words})
                raise AssertionError("a picture without channels was taken")
            except RuntimeError as error:
                assert "observation-invalid" in str(error) and "Traceback" not in str(error), error
            rows.append(client.infer({"observation/image": step["main"], "prompt": words})["actions"])
        got.append(rows)
    return got


def openpi_runtime():
    """openpi's own loop: one connection, nothing that tells of episodes; a chunk of one action is executed."""
    from openpi_client.action_chunk_broker import ActionChunkBroker
    from openpi_client.runtime import environment, runtime
    from openpi_client.runtime.agents.policy_agent import PolicyAgent

    got = []

    class Environment(environment.Environment):
        def reset(self):
            got.append([])

        def is_episode_complete(self):
            return len(got[-1]) == len(EPISODES[0])

        def get_observation(self):
            step = EPISODES[len(got) - 1][len(got[-1])]
            return {"observation/image": step["main"], "prompt": WORDS[len(got) - 1]}

        def apply_action(self, action):
            assert action["pruning"]["step"] == len(got[-1]), action["pruning"]
            got[-1].append(action["actions"][None])

    agent = PolicyAgent(ActionChunkBroker(openpi(), action_horizon=1))
    runtime.Runtime(Environment(), agent, [], max_hz=1000, num_episodes=len(EPISODES)).run()
    return got[: len(EPISODES)]  # It resets once more at the end.


def roboarena():
    """From its documented keys: one connection, a session an episode, the end said by an endpoint."""
    import websockets.sync.client
    from openpi_client import msgpack_numpy

    socket = websockets.sync.client.connect(f"ws://{HOST}:{PORT}", compression=None, max_size=None)
    msgpack_numpy.unpackb(socket.recv())
    got = []
    for number, (words, steps) in enumerate(zip(WORDS, EPISODES)):
        rows = []
        for step in steps:
            observation = {
                "endpoint": "infer",
                "session_id": "only",
                "observation/exterior_image_0_left": step["main"],
                "observation/wrist_image_left": step["left"],
                "observation/joint_position": step["state"][:7].astype(np.float32),
                "observation/gripper_position": step["state"][7:].astype(np.float32),
                "prompt": words,
            }
            socket.send(msgpack_numpy.packb(observation))
            rows.append(msgpack_numpy.unpackb(socket.recv())["actions"])
        socket.send(msgpack_numpy.packb({"endpoint": "reset", "session_id": "only"}))
        assert socket.recv() == "reset successful"
        got.append(rows)
    socket.close()
    return got


def with_inspect_robots(policy, images, state=None):
    """A policy of inspect-robots, whose transport is listened to: policies convert actions for their robots."""
    from inspect_robots.scene import Scene
    from inspect_robots.types import Observation

    heard = []
    kind = "_infer" if hasattr(policy, "_infer") else "_post"
    if hasattr(policy, kind):
        ask = getattr(policy, kind)()
        setattr(policy, f"{kind}_fn", lambda *given: heard.append(ask(*given)) or heard[-1])
    else:
        ask = policy._post_fn
        policy._post_fn = lambda *given: heard.append(ask(*given)) or heard[-1]
    got = []
    for number, (words, steps) in enumerate(zip(WORDS, EPISODES)):
        policy.reset(Scene(id=f"s{number}", instruction=words))
        rows = []
        for step in steps:
            seen = {camera: step[key] for camera, key in images.items()}
            policy.act(Observation(images=seen, state={} if state is None else {"joint_pos": state(step["state"])}))
            answer = heard[-1]
            rows.append(answer["actions"] if isinstance(answer, dict) else answer)
        got.append(rows)
    return got


def widowx_openpi():
    from inspect_robots_widowx.policy import OpenpiPolicy

    return with_inspect_robots(OpenpiPolicy(port=PORT), {"external_cam": "main"})


def widowx_openvla():
    from inspect_robots_widowx.policy import OpenVLAPolicy

    policy = OpenVLAPolicy(
        server_url=f"http://{HOST}:{PORT}", unnorm_key=GIVEN["unnorm_key"], resize_px=224, jpeg_roundtrip=False
    )
    return with_inspect_robots(policy, {"external_cam": "main"})


def franka_openpi():
    from inspect_robots_franka.policy import OpenpiPolicy

    # It turns the gripper around before it sends.
    return with_inspect_robots(
        OpenpiPolicy(port=PORT),
        {"exterior_cam": "main", "wrist_cam": "left"},
        lambda state: np.concatenate((state[:7], 1 - state[7:])),
    )


def agibot_openpi():
    from inspect_robots_agibot_a2.policy import OpenpiPolicy

    cameras = {"head_cam": "main", "left_cam": "left", "right_cam": "right"}
    return with_inspect_robots(OpenpiPolicy(port=PORT), cameras, lambda state: state)


def agibot_go1():
    from inspect_robots_agibot_a2.policy import Go1Policy

    cameras = {"head_cam": "main", "left_cam": "left", "right_cam": "right"}
    return with_inspect_robots(Go1Policy(server_url=f"http://{HOST}:{PORT}"), cameras, lambda state: state)


def yam():
    from inspect_robots_yam.policy import ActServerPolicy

    cameras = {"top_cam": "main", "left_cam": "left", "right_cam": "right"}
    return with_inspect_robots(ActServerPolicy(server_url=f"http://{HOST}:{PORT}"), cameras, lambda state: state)


def xpolicylab():
    from inspect_robots.scene import Scene
    from inspect_robots.types import Observation
    from inspect_robots_xpolicylab import XPolicyLabPolicy

    policy = XPolicyLabPolicy(url=f"ws://{HOST}:{PORT}/xpolicylab", connect_attempts=1)
    got = []
    for words, steps in zip(WORDS, EPISODES):
        policy.reset(Scene(id="s", instruction=words))
        rows = []
        for step in steps:
            state = {"joint_pos": step["state"][:7], "gripper": step["state"][7:]}
            chunk = policy.act(Observation(images={"cam_head": step["main"]}, state=state))
            rows.append([action.data for action in chunk.actions])
        got.append(rows)
    policy.close()
    return got


def vla_eval():
    import anyio
    from vla_eval.connection import Connection

    async def play():
        got = []
        async with Connection(f"ws://{HOST}:{PORT}/vla-eval") as connection:
            for words, steps in zip(WORDS, EPISODES):
                await connection.start_episode({"task": {"name": words, "suite": "ours"}})
                rows = []
                for step in steps:
                    seen = {"images": {"agentview": step["main"]}, "states": step["state"], "task_description": words}
                    rows.append((await connection.act(seen))["actions"][None])
                await connection.end_episode({"metrics": {"success": True}, "steps": len(steps)})
                got.append(rows)
        return got

    return anyio.run(play)


def post(body, **options):
    import requests

    answer = requests.post(f"http://{HOST}:{PORT}/act", timeout=60, **{"json": body, **options})
    answer.raise_for_status()
    return answer.json()


def openvla_deploy():
    """vla-scripts/deploy.py's client, with json_numpy patched in, and double-encoded."""
    import json_numpy

    json_numpy.patch()
    got = []
    for words, steps in zip(WORDS, EPISODES):
        rows = []
        for number, step in enumerate(steps):
            body = {"image": step["main"], "instruction": words, "unnorm_key": GIVEN["unnorm_key"]}
            if number % 2:
                rows.append(json.loads(post({"encoded": json_numpy.dumps(body)})))
            else:
                rows.append(post(body))
        got.append([np.asarray(row)[None] for row in rows])
    return got


def openvla_unpatched():
    """Who forgot to patch json sends pictures as nested lists."""
    return [
        [[np.asarray(unpacked(post(None, json=None, data=json.dumps({"image": step["main"].tolist(), "instruction": words}))))] for step in steps]
        for words, steps in zip(WORDS, EPISODES)
    ]


def unpacked(value):
    import json_numpy

    return json_numpy.object_hook(value) if isinstance(value, dict) else value


def oft_deploy():
    """OpenVLA-OFT's get_action_from_server."""
    import json_numpy

    json_numpy.patch()
    got = []
    for words, steps in zip(WORDS, EPISODES):
        bodies = [
            {"full_image": s["main"], "wrist_image": s["left"], "state": s["state"], "instruction": words} for s in steps
        ]
        got.append([post(body) for body in bodies])
    return got


for case in sys.argv[3:]:
    try:
        actions = [[np.asarray(row, dtype=np.float64).tolist() for row in rows] for rows in globals()[case]()]
        line = {"case": case, "actions": actions}
    except Exception as error:
        line = {"case": case, "error": f"{type(error).__module__}.{type(error).__name__}: {error}"[:500]}
    print(json.dumps(line), flush=True)
