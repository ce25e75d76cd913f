# Ten resources.
class differential::hundred::c053 {
  notify { 'c053 1':
    message => "1 of class c053 on ${facts['networking']['hostname']}",
  }
  notify { 'c053 2':
    message => "2 of class c053 on ${facts['networking']['hostname']}",
  }
  notify { 'c053 3':
    message => "3 of class c053 on ${facts['networking']['hostname']}",
  }
  notify { 'c053 4':
    message => "4 of class c053 on ${facts['networking']['hostname']}",
  }
  notify { 'c053 5':
    message => "5 of class c053 on ${facts['networking']['hostname']}",
  }
  notify { 'c053 6':
    message => "6 of class c053 on ${facts['networking']['hostname']}",
  }
  notify { 'c053 7':
    message => "7 of class c053 on ${facts['networking']['hostname']}",
  }
  notify { 'c053 8':
    message => "8 of class c053 on ${facts['networking']['hostname']}",
  }
  notify { 'c053 9':
    message => "9 of class c053 on ${facts['networking']['hostname']}",
  }
  notify { 'c053 10':
    message => "10 of class c053 on ${facts['networking']['hostname']}",
  }
}
