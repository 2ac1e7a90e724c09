// Gives the unit tests the tables of the kinds as a node has them now.
import { Node, workshop } from './nodes.js'

export default async function ({ provide }) {
  const shop = await workshop()
  const node = await new Node(shop, 'tables').up()
  try {
    provide('kinds', (await node.get('/v1/kinds')).items)
  } finally {
    await node.down()
    shop.clear()
  }
}
