"""The model that answers questions: any endpoint for chat completions, as OpenAI, vLLM or Ollama serve it."""

import asyncio
from typing import Any

import httpx

from agent.settings import Cluster, Settings


class ModelError(Exception):
    """The model did not answer; the status is for the caller, and the message has no secret."""

    def __init__(self, status: int, message: str) -> None:
        """Keep the HTTP status of the answer."""
        super().__init__(message)
        self.status = status


class Model:
    """Asks the endpoint that MODEL_URL names."""

    def __init__(self, settings: Settings, client: httpx.AsyncClient) -> None:
        """Keep what a question needs."""
        self._settings = settings
        self._client = client

    async def ask(self, question: str, cluster: Cluster) -> str:
        """Return the model's answer.

        Raises ModelError: 503 without a model, 504 after the time limit, 502 for everything else that is not an answer.
        """
        url = self._settings.model_url
        if url is None:
            raise ModelError(503, "there is no model: set config.MODEL_URL in the chart's values")
        key = self._settings.model_api_key
        headers = {} if key is None else {"authorization": f"Bearer {key.get_secret_value()}"}
        system = f"You run on the cluster {cluster.name} ({cluster.environment}, {cluster.region})."
        body = {
            "model": self._settings.model_name,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": question}],
        }
        limit = self._settings.model_timeout_seconds
        try:
            # httpx' limit is for each read: an answer that comes in drops would never end.
            async with asyncio.timeout(limit):
                response = await self._client.post(str(url), json=body, headers=headers, timeout=limit)
        except (httpx.TimeoutException, TimeoutError):
            raise ModelError(504, f"the model did not answer in {limit:g} s") from None
        except httpx.HTTPError as error:
            raise ModelError(502, f"the model cannot be reached: {type(error).__name__}") from None
        if response.is_error:
            raise ModelError(502, f"the model answers {response.status_code}")
        return _answer(response)


def _answer(response: httpx.Response) -> str:
    try:
        content: Any = response.json()["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError):
        content = None
    if not isinstance(content, str):
        raise ModelError(502, "the model answers with something that is not a chat completion")
    return content
